//! Many workers, few rows: what each way to change a row costs, and that none of them loses an update.
//!
//! `store` has what is compared; `workload` lets workers do it, counts, and checks the rows; the rest is what it takes
//! to choose, watch and show it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

mod arguments;
mod chart;
mod database;
mod error;
mod item;
mod progress;
mod report;
mod scale;
mod store;
mod strategy;
mod workload;

#[cfg(test)]
mod tests;

use arguments::Arguments;
use error::Error;
use progress::Progress;
use workload::{Cell, Measured};

fn main() -> ExitCode {
    let outcome = match arguments::read(std::env::args_os().skip(1)) {
        Ok(Some(arguments)) => run(&arguments),
        Ok(None) => {
            println!("{}", arguments::help());
            Ok(())
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("contention: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Runtime)?;
    let all = runtime.block_on(measure_all(arguments))?;
    let table = report::table(&all);
    println!("{table}");
    leave(arguments, &table, &all)
}

async fn measure_all(arguments: &Arguments) -> Result<Vec<Measured>, Error> {
    let Arguments { workers, time, ref rows, ref strategies, ref databases, .. } = *arguments;
    let mut all = Vec::new();
    let mut progress = Progress::new(databases.len() * rows.len() * strategies.len(), time);
    for database in databases {
        for &rows in rows {
            for &strategy in strategies {
                let cell = Cell { database: database.name(), strategy, workers, rows, time };
                let done = Arc::new(AtomicU32::new(0));
                let ticking = progress.begin(&cell, Arc::clone(&done));
                let measured = database.measure(cell, &done).await;
                ticking.abort();
                let measured = measured?;
                progress.end(&measured);
                all.push(measured);
            }
        }
    }
    progress.close();
    Ok(all)
}

/// Writes the table and the charts, and says where.
fn leave(arguments: &Arguments, table: &str, all: &[Measured]) -> Result<(), Error> {
    let folder = arguments.output.clone().unwrap_or_else(beside_the_program);
    std::fs::create_dir_all(&folder)
        .map_err(|error| Error::Write { file: folder.clone(), source: error.into() })?;
    let [markdown, svg, png] = ["table.md", "chart.svg", "chart.png"].map(|name| folder.join(name));
    std::fs::write(&markdown, table)
        .map_err(|error| Error::Write { file: markdown.clone(), source: error.into() })?;
    chart::write(&svg, &png, all)?;
    for file in [markdown, svg, png] {
        println!("{}", file.display());
    }
    Ok(())
}

/// Cargo puts the program into a folder of the target folder.
fn beside_the_program() -> PathBuf {
    let program = std::env::current_exe().ok();
    let target = program.as_deref().and_then(|program| program.parent()?.parent());
    target.map_or_else(|| PathBuf::from("target"), PathBuf::from).join("contention")
}
