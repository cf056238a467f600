//! `cargo run --release -p occ-half-typed -- 2000000 7`: so many random edits, of this seed, after every word in every shape.

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use occ_half_typed::{corpus, pool, run};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count = arguments.next().map_or(Ok(100_000), |count| count.parse())?;
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    let texts: Vec<String> = corpus::texts()?.into_keys().collect();
    let start = Instant::now();
    let named = run::as_in_rustc(|| {
        let mut report = run::Report::default();
        pool::named(1).for_each(|input| report.add(&input));
        report
    });
    println!("words in shapes for {:.1?}: {named}\n", start.elapsed());
    let start = Instant::now();
    let edited = run::as_in_rustc(|| run::random(&texts, count, seed));
    println!("{} items edited with seed {seed} for {:.1?}: {edited}", texts.len(), start.elapsed());
    let is_kept = named.faults.is_empty() && edited.faults.is_empty();
    Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
