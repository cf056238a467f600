//! The checker rejects every implementation that loses updates, and shows by few operations how.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test is named by what it shows, and panics if not"
)]

use std::time::Duration;

use occ_history::broken::Implementation;
use occ_history::cells::sqlite_blocking::worker::open;
use occ_history::check::{Kind, Rules, check};
use occ_history::run::{Game, Setting};
use occ_history::shrink::shrink;
use occ_history::workload::Mix;
use occ_tests::report::measured;

/// What it is caught by, of these kinds, within 10,000 operations, and in fewer than 20 lines.
fn is_caught(implementation: Implementation, mix: Mix, memory: bool, kinds: &[Kind]) {
    let stage = open(&Setting { implementation, ..Setting::default() }).unwrap();
    let rules = Rules { memory, ..Rules::default() };
    let game = Game { seed: 7, operations: 10_000, round: 500, mix, rules, ..Game::default() };
    let report = game.play(&stage, |_| {});
    let Some((round, plan, found)) = report.failure else {
        panic!("{implementation:?} was not caught within {} operations", report.operations);
    };
    assert!(report.operations <= 10_000, "{}", report.operations);
    let mut met: Vec<Kind> = found.iter().map(|anomaly| anomaly.kind).collect();
    assert!(kinds.contains(&met[0]), "{implementation:?}: {}", found[0]);
    met.dedup();
    measured(format_args!(
        "{implementation:?} is caught within {} operations, by {met:?}",
        report.operations
    ));

    let anomaly = found.into_iter().next().unwrap();
    let shrunk = shrink(&stage, game.rules, &plan, anomaly, report.operations, Duration::from_secs(3));
    let shown = shrunk.to_string();
    measured(format_args!("seed 7, round {round}: {shown}"));
    assert!(shown.lines().count() < 20, "{shown}");
}

/// The plan of a seed is the same each time, and occ passes with it.
fn passes(mix: Mix) {
    let stage = open(&Setting::default()).unwrap();
    let game = Game { seed: 7, operations: 10_000, round: 500, mix, ..Game::default() };
    assert_eq!(game.plan(3), game.plan(3));
    assert_ne!(game.plan(3), game.plan(4));
    let report = game.play(&stage, |_| {});
    assert!(report.failure.is_none(), "{}", report.failure.unwrap().2[0]);
    assert!(check(&stage(&game.plan(0)), game.rules).is_empty());
}

#[test]
fn saves_without_a_check_are_caught() {
    is_caught(Implementation::NoCheck, Mix::Saves, true, &[Kind::Fork, Kind::LostUpdate, Kind::Unaccounted]);
}

#[test]
fn a_version_that_is_moved_in_memory_before_the_answer_is_caught() {
    is_caught(Implementation::MovedBefore, Mix::Saves, true, &[Kind::Memory]);
}

#[test]
fn and_so_is_what_it_loses() {
    is_caught(Implementation::MovedBefore, Mix::Saves, false, &[Kind::LostUpdate, Kind::TwoContents]);
}

#[test]
fn a_check_in_a_select_before_the_write_is_caught() {
    is_caught(Implementation::SelectBefore, Mix::Saves, true, &[Kind::Fork, Kind::LostUpdate]);
}

#[test]
fn a_retry_after_a_commit_whose_answer_was_lost_is_caught() {
    is_caught(
        Implementation::RepeatsUnknown,
        Mix::SavesAndModifies,
        true,
        &[Kind::Duplicate, Kind::Unaccounted],
    );
}

#[test]
fn diesel_versioning_is_caught() {
    is_caught(Implementation::DieselVersioning, Mix::Saves, true, &[Kind::Memory]);
}

#[test]
fn and_so_is_what_diesel_versioning_loses() {
    is_caught(Implementation::DieselVersioning, Mix::Saves, false, &[Kind::LostUpdate, Kind::TwoContents]);
}

#[test]
fn occ_passes_where_they_are_caught() {
    passes(Mix::Saves);
    passes(Mix::SavesAndModifies);
}
