//! Work on one cell.

use occ_history::cells::sqlite_blocking;
use occ_history::run::{Game, Setting};

fn main() {
    let play = sqlite_blocking::worker::open(&Setting::default()).unwrap();
    let game =
        Game { operations: std::env::args().nth(1).unwrap().parse().unwrap(), seed: 7, ..Game::default() };
    let report = game.play(&play, |_| {});
    println!("{} operations in {:?} ({:?} checks)", report.operations, report.time, report.checks);
    println!("{:?}", report.answers);
    if let Some((round, _, found)) = report.failure {
        println!("round {round}");
        for anomaly in found.iter().take(5) {
            println!("{anomaly}");
        }
    }
}
