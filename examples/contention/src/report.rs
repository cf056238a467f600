//! What was measured, as lines and as a table.

use std::fmt::Write as _;
use std::time::Duration;

use crate::workload::{Cell, Measured};

pub fn what(cell: &Cell) -> String {
    let rows = if cell.rows == 1 { "row" } else { "rows" };
    format!("{}, {} workers on {} {rows}, {}", cell.database, cell.workers, cell.rows, cell.strategy.name())
}

pub fn line(measured: &Measured) -> String {
    let refused = match measured.refused {
        0 => String::new(),
        refused => format!(", {refused} refused"),
    };
    format!(
        "{}: {:.0} increments/s, {} conflicts{refused}, p50 {}, p99 {}; none of {} lost",
        what(&measured.cell),
        measured.per_second,
        measured.conflicts,
        time(measured.median),
        time(measured.p99),
        measured.increments,
    )
}

/// In Markdown, one table a database.
pub fn table(all: &[Measured]) -> String {
    let mut text = String::new();
    let mut database = "";
    for measured in all {
        let cell = measured.cell;
        if cell.database != database {
            database = cell.database;
            let _infallible = write!(
                text,
                "\n{database}, {} workers\n\n\
                 | rows | strategy | increments/s | conflicts each | refused | p50 | p99 |\n\
                 |---:|---|---:|---:|---:|---:|---:|\n",
                cell.workers
            );
        }
        let _infallible = writeln!(
            text,
            "| {} | {} | {:.0} | {:.2} | {} | {} | {} |",
            cell.rows,
            cell.strategy.name(),
            measured.per_second,
            ratio(measured.conflicts, measured.increments),
            measured.refused,
            time(measured.median),
            time(measured.p99),
        );
    }
    text
}

fn ratio(conflicts: u64, increments: u64) -> f64 {
    let exact = |number| u32::try_from(number).map_or(f64::INFINITY, f64::from);
    if increments == 0 { 0.0 } else { exact(conflicts) / exact(increments) }
}

pub fn time(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1000.0;
    match millis {
        ..10.0 => format!("{millis:.1} ms"),
        10.0..1000.0 => format!("{millis:.0} ms"),
        _ => format!("{:.1} s", millis / 1000.0),
    }
}
