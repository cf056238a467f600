//! The derive's own errors, without a compiler and so in a second: each case of `tests/tests/compile_fail` gets those that its
//! `.stderr` has, in the same words and at the same place, and no other. What is accepted gets none.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot start fails, and one that fails says why"
)]

use std::path::{Path, PathBuf};
use std::{fs, io};

use occ_half_typed::promises::{errors, message, output};
use occ_half_typed::{corpus, promises};
use proc_macro2::TokenStream;

/// Line, column and words.
type Said = (usize, usize, String);

#[test]
fn each_mistake_is_reported_as_the_compiler_shows_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    let mut cases = sources(&folder.join("compile_fail")).unwrap();
    cases.extend(sources(&folder.join("compile_fail_async")).unwrap());
    let (mut count, mut different) = (0, Vec::new());
    for case in cases {
        let stderr = fs::read_to_string(case.with_extension("stderr"));
        let stderr = stderr.unwrap_or_else(|error| panic!("{}: its `.stderr`: {error}", case.display()));
        let mut expected = of_the_derive(&stderr);
        let mut said = said(&case);
        expected.sort();
        said.sort();
        count += said.len();
        if said != expected {
            different.push(format!("{}:\n    said {said:#?}\n    expected {expected:#?}", case.display()));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(count > 100, "the cases were not found: {count}");
}

#[test]
fn what_is_advised_is_accepted() {
    let files = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/compile_pass")).unwrap();
    assert!(!files.is_empty());
    for file in files {
        let items = items(&file);
        assert!(!items.is_empty(), "{}", file.display());
        // With a `$` it is what a macro makes structs of, and no struct yet.
        for item in items.into_iter().filter(|item| !item.to_string().contains('$')) {
            assert_eq!(promises::check(&item), Ok(promises::Outcome::Accepted), "{item}");
        }
    }
}

/// The Rust files of a folder, and of the folders there.
fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

fn items(file: &Path) -> Vec<TokenStream> {
    let source = fs::read_to_string(file).unwrap();
    corpus::items(&source).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What the derive says of all structs of a case.
fn said(case: &Path) -> Vec<Said> {
    let outputs = items(case).into_iter().filter_map(|item| output(&item));
    let errors = outputs.flat_map(|output| errors(&output));
    errors
        .map(|error| {
            let start = error.clone().into_iter().next().unwrap().span().start();
            (start.line, start.column + 1, message(&error).unwrap())
        })
        .collect()
}

/// The errors in a `.stderr` that are the derive's: the compiler gives its own a number, and writes no help before their place.
///
/// ```text
/// error: `version` is given twice
///        help: remove one of them
///   --> tests/compile_fail/attribute/repeated.rs:16:11
/// ```
fn of_the_derive(stderr: &str) -> Vec<Said> {
    let lines: Vec<&str> = stderr.lines().collect();
    let starts = lines.iter().enumerate().filter_map(|(at, line)| Some((at, line.strip_prefix("error: ")?)));
    starts
        .filter_map(|(at, message)| {
            let help = lines[at + 1].strip_prefix("       help: ")?;
            let mut place = lines[at + 2].rsplit(':').map(str::parse::<usize>);
            let (column, line) = (place.next().unwrap().unwrap(), place.next().unwrap().unwrap());
            Some((line, column, format!("{message}\nhelp: {help}")))
        })
        .collect()
}
