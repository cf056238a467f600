//! Every strategy on SQLite, briefly; and what is said about arguments that make no sense.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use crate::arguments::{self, Arguments};
use crate::chart;
use crate::database::Database;
use crate::error::Error;
use crate::strategy::Strategy;
use crate::workload::{Cell, Measured};

fn measured(strategy: Strategy, rows: u32) -> Measured {
    let time = Duration::from_millis(150);
    let cell = Cell { database: "SQLite", strategy, workers: 4, rows, time };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    // It is an error if an increment was lost.
    runtime.block_on(Database::Sqlite.measure(cell, &Arc::new(AtomicU32::new(0)))).unwrap()
}

fn read(words: &[&str]) -> Result<Option<Arguments>, Error> {
    arguments::read(words.iter().map(Into::into))
}

#[test]
fn no_strategy_loses_an_increment_and_what_was_measured_can_be_drawn() {
    let mut all = Vec::new();
    for rows in [1, 100] {
        for strategy in Strategy::ALL {
            let measured = measured(strategy, rows);
            assert!(measured.increments > 0, "{strategy:?} did nothing");
            assert!(measured.median <= measured.p99);
            assert!(measured.refused == 0 || strategy == Strategy::Plain, "{strategy:?} gave up");
            all.push(measured);
        }
    }
    let folder = std::env::temp_dir().join(format!("occ-contention-charts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (svg, png) = (folder.join("chart.svg"), folder.join("chart.png"));
    chart::write(&svg, &png, &all).unwrap();
    assert!(std::fs::read_to_string(&svg).unwrap().contains("pessimistic"));
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn arguments_are_understood_or_answered_with_a_sentence() {
    let arguments =
        read(&["--workers=3", "--rows", "1,9", "--strategies", "retry,atomic", "sqlite"]).unwrap().unwrap();
    assert_eq!((arguments.workers, arguments.rows), (3, vec![1, 9]));
    assert_eq!(arguments.strategies, [Strategy::Retry, Strategy::Atomic]);
    assert_eq!(arguments.databases, [Database::Sqlite]);
    assert!(read(&["--help"]).unwrap().is_none());
    for (words, expected) in [
        (["--workers", "0"], "--workers takes numbers from 1 to 10000, and `0` is none"),
        (["--rows", "1,x"], "--rows takes numbers from 1 to 1000000, and `x` is none"),
        (["--seconds", "NaN"], "--seconds takes a number from 0.05 to 3600, and `NaN` is none"),
        (["--strategies", "hope"], "there is no strategy `hope`"),
        (["sqlite", "oracle://secret@host"], "`oracle://` is no database that is known here"),
        (["sqlite", "file.db"], "`file.db` is no database: it is `sqlite` or a URL"),
    ] {
        let error = read(&words).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}
