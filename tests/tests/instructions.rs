//! How many instructions a warm save takes, on SQLite in memory: counted by valgrind, so alike in every run.
#![cfg(all(feature = "sqlite", feature = "version_types"))]

use std::collections::HashSet;
use std::fmt::{Display, Formatter};
use std::process::{Command, Stdio};

use occ_tests::report::{measured, skipped};

/// The instructions of one call.
struct Count {
    total: u64,
    /// Of those, the ones within SQLite.
    sqlite: u64,
}

impl Count {
    /// What is occ's and Diesel's.
    fn rust(&self) -> u64 {
        self.total - self.sqlite
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({} outside SQLite)", self.total, self.rust())
    }
}

fn has_valgrind() -> bool {
    let version =
        Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// Runs the program `saves` under callgrind.
fn count(what: &str) -> Count {
    const TIMES: u64 = 100;
    let report = std::env::temp_dir().join(format!("occ-instructions-{}-{what}", std::process::id()));
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet", "--toggle-collect=*saves*counted*", "--compress-strings=no"])
        .arg(format!("--callgrind-out-file={}", report.display()))
        .arg(env!("CARGO_BIN_EXE_saves"))
        .args([what, &TIMES.to_string()])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = std::fs::read_to_string(&report).unwrap();
    std::fs::remove_file(report).unwrap();
    let count = sum(&text);
    assert!(count.sqlite > 0, "nothing was counted: is `counted` still the name of the function?");
    Count { total: count.total / TIMES, sqlite: count.sqlite / TIMES }
}

/// Adds up a report of callgrind's. Within SQLite is what a call from outside into one of its functions costs, all that
/// it calls included.
fn sum(report: &str) -> Count {
    let mut total = 0;
    let mut calls = Vec::new();
    let (mut from, mut into) = ("", "");
    let mut lines = report.lines();
    while let Some(line) = lines.next() {
        if let Some(function) = line.strip_prefix("fn=") {
            from = function;
        } else if let Some(function) = line.strip_prefix("cfn=") {
            into = function;
        } else if line.starts_with("calls=") {
            // The line after it is the call's inclusive cost, which the callee's own lines tell too.
            calls.push((from, into, cost(lines.next().unwrap())));
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            total += cost(line);
        }
    }
    // Only SQLite's public functions have its name: the others are those that they call.
    let is_named = |function: &str| function.starts_with("sqlite3");
    let mut inside: HashSet<&str> = HashSet::new();
    let mut known = usize::MAX;
    while known != inside.len() {
        known = inside.len();
        let reached = calls.iter().filter(|(from, ..)| is_named(from) || inside.contains(from));
        let reached: Vec<_> = reached.map(|(_, into, _)| *into).collect();
        inside.extend(reached);
    }
    let entries =
        calls.iter().filter(|(from, into, _)| is_named(into) && !is_named(from) && !inside.contains(from));
    Count { total, sqlite: entries.map(|(.., cost)| cost).sum() }
}

/// The second number of a line: the first is a line of source code.
fn cost(line: &str) -> u64 {
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

/// As measured, plus a tenth: Diesel, SQLite and the compiler change too. SQLite is compiled as the tests are.
struct Limits {
    total: u64,
    rust: u64,
    /// How many times as many the same takes by hand.
    by_hand: u64,
}

#[cfg(debug_assertions)]
const SAVE: Limits = Limits { total: 44_800, rust: 21_200, by_hand: 3 };
#[cfg(not(debug_assertions))]
const SAVE: Limits = Limits { total: 20_800, rust: 8_630, by_hand: 2 };

#[test]
fn a_warm_save_takes_a_fraction_of_what_it_takes_by_hand_and_no_more_than_a_cached_statement_of_diesels() {
    if !has_valgrind() {
        let how = "tests/servers install, or apt-get install valgrind";
        skipped(
            "a_warm_save_takes_a_fraction_of_what_it_takes_by_hand_and_no_more_than_a_cached_statement_of_diesels",
            how,
        );
        return;
    }
    let [save, by_hand, select] = ["save", "by_hand", "select"].map(count);
    measured(format_args!(
        "instructions: a warm save {save}, the UPDATE by hand {by_hand}, a cached SELECT of Diesel's with as many binds \
         {select}"
    ));
    assert!(save.total <= SAVE.total, "{save}");
    assert!(save.rust() <= SAVE.rust, "{save}");
    assert!(save.rust() <= select.rust(), "{save}, but {select}");
    assert!(save.total * SAVE.by_hand <= by_hand.total, "{save}, but {by_hand}");

    let [touch, delete, delete_by_hand] = ["touch", "delete", "delete_by_hand"].map(count);
    measured(format_args!(
        "instructions: a warm touch {touch}, delete {delete}, the DELETE by hand {delete_by_hand}"
    ));
    assert!(touch.rust() <= save.rust(), "{touch}, but {save}");
    assert!(delete.rust() <= delete_by_hand.rust(), "{delete}, but {delete_by_hand}");
}
