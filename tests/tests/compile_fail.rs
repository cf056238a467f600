//! What the compiler says about each mistake, word for word, and that what it advises compiles.
//!
//! After a change of wording: `TRYBUILD=overwrite cargo test -p occ-tests --test compile_fail`, the same with `--features async`
//! for the cases of `compile_fail_async`, then read the diff.

// The cases use SQLite, which needs nothing installed.
#![cfg(feature = "sqlite")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiler that rendered the `.stderr` files. Others say the same in other words, or underline it differently.
const RENDERED_BY: &str = "rustc 1.95.";

#[test]
fn each_mistake_is_reported_in_these_words() {
    let rustc = rustc_version();
    if !rustc.starts_with(RENDERED_BY) {
        skipped(&format!("rendered by {RENDERED_BY}x, and this is {rustc}"));
    } else if cfg!(any(feature = "postgres", feature = "mysql", feature = "http", feature = "columns")) {
        skipped(
            "rendered with SQLite alone, or with `async`; where there are more crates, types get longer names",
        );
    } else if cfg!(feature = "async") {
        trybuild::TestCases::new().compile_fail("tests/compile_fail_async/*.rs");
    } else if cfg!(any(feature = "version_types", feature = "retry")) {
        skipped("rendered with SQLite alone, or with `async`");
    } else {
        trybuild::TestCases::new().compile_fail("tests/compile_fail/*/*.rs");
    }
}

/// So that a second error for one mistake, or one at the wrong line, cannot come in with an `overwrite`.
#[test]
fn each_error_is_announced_by_a_remark_on_its_line() {
    for case in cases("rs") {
        let (source, stderr) = (read(&case), read(&case.with_extension("stderr")));
        let mut errors = errors(&stderr);
        for (line, text) in (1..).zip(source.lines()) {
            for remark in text.split("//~ ERROR ").skip(1).map(str::trim) {
                let found = errors.iter().position(|(at, message)| *at == line && message.contains(remark));
                let found = found.unwrap_or_else(|| panic!("{}:{line} is not reported", case.display()));
                errors.remove(found);
            }
        }
        assert!(errors.is_empty(), "{} has errors without a remark: {errors:?}", case.display());
    }
}

/// It is the same with the feature `async`, and takes its time.
#[cfg(not(feature = "async"))]
#[test]
fn the_advice_compiles() {
    trybuild::TestCases::new().pass("tests/compile_pass/*.rs");
}

/// So that advice that is reworded is tried again.
#[test]
fn the_advice_that_compiles_is_the_advice_given() {
    let given: Vec<String> = cases("stderr").iter().map(|stderr| read(stderr)).collect();
    for file in files_of("tests/compile_pass", "rs") {
        let source = read(&file);
        for advice in source.lines().filter_map(|line| line.strip_prefix("/// ")) {
            let is_given = given.iter().any(|stderr| stderr.contains(advice));
            assert!(is_given, "{}: no longer advised: {advice}", file.display());
        }
    }
}

fn skipped(why: &str) {
    occ_tests::report::skipped("each_mistake_is_reported_in_these_words", why);
}

fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    String::from_utf8(output.stdout).expect("rustc speaks UTF-8").trim().to_owned()
}

/// The cases of both, blocking and async, or what is said about them.
fn cases(extension: &str) -> Vec<PathBuf> {
    let folders = ["tests/compile_fail", "tests/compile_fail_async"];
    folders.into_iter().flat_map(|folder| files_of(folder, extension)).collect()
}

/// The files with this extension in a folder, and in the folders there.
fn files_of(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let files = entries(Path::new(folder));
    let files = files.into_iter().flat_map(|path| if path.is_dir() { entries(&path) } else { vec![path] });
    files.filter(|file| file.extension().is_some_and(|found| found == extension)).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Line and message of each error: `error[E0277]: message`, and further down ` --> file:line:column`.
fn errors(stderr: &str) -> Vec<(usize, String)> {
    let mut lines = stderr.lines();
    let mut errors = Vec::new();
    while let Some(line) = lines.next() {
        let Some((_, message)) = line.strip_prefix("error").and_then(|rest| rest.split_once(": ")) else {
            continue;
        };
        let place = lines.find(|line| line.trim_start().starts_with("--> ")).expect("an error has a place");
        let number = place.rsplit(':').nth(1).and_then(|number| number.parse().ok());
        errors.push((number.expect("a place has a line"), message.to_owned()));
    }
    errors
}
