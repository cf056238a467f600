//! Random work on SQLite, by all that there is: nothing is lost. The seed is another one each time, and is printed.
#![allow(missing_docs, clippy::panic, reason = "a test is named by what it shows, and panics if not")]

use std::time::Duration;

use occ_history::broken::Implementation;
use occ_history::matrix::{Cell, MODES, Server};
use occ_history::run::Game;
use occ_history::shrink::shrink;
use occ_history::workload::Mix;
use occ_tests::report::measured;

/// For all cells together.
const SECONDS: u64 = 12;

#[test]
fn nothing_is_lost_on_sqlite() {
    plays(|_| Mix::Everything);
}

#[test]
fn nothing_is_lost_on_sqlite_when_something_goes_wrong() {
    plays(Cell::faults);
}

fn plays(mix: fn(Cell) -> Mix) {
    let seed = fastrand::u64(..1_000_000);
    let cells = MODES.iter().flat_map(|mode| {
        Server::Sqlite.levels().iter().map(|level| Cell { server: Server::Sqlite, mode: *mode, level })
    });
    let cells: Vec<_> =
        cells.filter_map(|cell| Some((cell, cell.open(Implementation::Occ, mix(cell))?))).collect();
    let share = Duration::from_secs(SECONDS) / u32::try_from(cells.len()).unwrap_or(1);
    for (cell, stage) in &cells {
        let (mix, operations) = (mix(*cell), usize::MAX);
        let game = Game { seed, mix, rules: cell.rules(mix), operations, time: share, ..Game::default() };
        let report = game.play(stage, |_| {});
        if let Some((round, plan, mut found)) = report.failure {
            let (anomaly, time) = (found.swap_remove(0), Duration::from_secs(20));
            let shrunk = shrink(stage, game.rules, &plan, anomaly, report.operations, time);
            panic!("{cell}: seed {seed}, round {round}: {shrunk}");
        }
        if matches!(mix, Mix::Faults(_)) {
            assert!(!report.faults.is_empty(), "nothing has gone wrong");
        }
        measured(format_args!("{cell} seed {seed}: {} operations, 0 anomalies", report.operations));
    }
}
