//! Measures occ against what else there is: `cargo bench --manifest-path benches/Cargo.toml`. See `README.md` beside it.

mod chart;
mod clients;
mod contender;
mod database;
mod measure;
mod product;
mod report;
mod scenario;
mod targets;
#[path = "../../tests/src/server_place.rs"]
mod server_place;
mod trips;

use std::time::{Duration, Instant};

use crate::database::{Database, Kind};
use crate::measure::Plan;
use crate::report::Report;

const PLAN: Plan =
    Plan { slice: Duration::from_millis(20), budget: Duration::from_secs(7), rounds: (5, 41), quick: false };

fn main() {
    let started = Instant::now();
    // Words choose what to run: `sqlite "single save"`. `--bench` comes from cargo.
    let (flags, words): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|a| a.starts_with("--"));
    let plan = Plan { quick: flags.iter().any(|flag| flag == "--quick"), ..PLAN };
    let wanted = |name: String| words.iter().all(|word| name.to_lowercase().contains(&word.to_lowercase()));
    let databases = databases();
    let mut report = Report::default();
    for database in &databases {
        report.fact(database.facts());
    }
    for database in &databases {
        let name = database.kind.name();
        for scenario in scenario::ALL.iter().filter(|scenario| wanted(format!("{name} {}", scenario.name))) {
            report.scenario(database.kind, scenario, &measure::run(database, scenario, &plan));
        }
        if database.kind != Kind::Sqlite && wanted(format!("{name} round trips")) {
            report.trips(database.kind, trips::count(database));
        }
    }
    println!("\nAll rows were looked at afterwards: every save had moved its version on once, no other had.");
    if plan.quick {
        println!("This was a quick run: the numbers say nothing.");
    } else {
        report.targets();
    }
    write_files(&report, &databases).unwrap();
    println!("{} s", started.elapsed().as_secs());
}

/// Those that can be reached. What cannot is said aloud.
fn databases() -> Vec<Database> {
    let mut databases = vec![Database::sqlite()];
    for kind in [Kind::Postgres, Kind::Mysql] {
        let Some(variable) = kind.variable() else { continue };
        let Some(database) = Database::from_env(kind) else {
            println!("not run: {}: set {variable} to the URL of a server", kind.name());
            continue;
        };
        databases.push(database);
        if let Some((feature, false)) = kind.feature() {
            let name = kind.name();
            println!("not run: blocking Diesel on {name}: needs its C client, and --features {feature}");
        }
    }
    databases
}

fn write_files(report: &Report, databases: &[Database]) -> Result<(), Box<dyn std::error::Error>> {
    // The benchmark itself is in release/deps, in cargo's target directory.
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("the benchmark is run from outside a target directory")?;
    let folder = target.join("occ-benches");
    std::fs::create_dir_all(&folder)?;
    report.write_markdown(&folder.join("table.md"))?;
    let remark = "How many times as long as occ, and the time for one row. Shorter is better.";
    let singles = report.panels_of(&scenario::SINGLE_SAVE);
    chart::draw(&folder.join("single-save.svg"), "One version-checked save", remark, &singles)?;
    for Database { kind, .. } in databases {
        let file = folder.join(format!("{}.svg", kind.file_name()));
        chart::draw(&file, kind.name(), remark, &report.panels(*kind))?;
    }
    println!("\ntable.md and the charts, *.svg, are in {}", folder.display());
    Ok(())
}
