//! While code is typed an editor runs the derive at every letter. Whatever it is given, it does not panic, its output is
//! Rust, and each of its errors has a place in what was typed, words and a help.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::collections::HashSet;

use occ_half_typed::node::{Node, nodes, stream};
use occ_half_typed::run::{Report, as_in_rustc, random};
use occ_half_typed::{corpus, cuts, pool};
use proc_macro2::TokenStream;

/// Another seed makes other edits; `cargo run --release -p occ-half-typed -- 2000000 7` makes many.
const SEED: u64 = 20_261_125;

fn texts() -> Vec<String> {
    let texts: Vec<String> = corpus::texts().unwrap().into_keys().collect();
    assert!(texts.len() > 200, "the structs of this repository were not found: {}", texts.len());
    texts
}

/// Gives the derive what `cut` makes of each struct. Of those with the same name only the first: so many of them are alike.
fn all_cuts(cut: impl Fn(&[Node]) -> Vec<(String, TokenStream)> + Send) -> Report {
    let texts = texts();
    as_in_rustc(move || {
        let mut report = Report::default();
        let mut seen = HashSet::new();
        for text in &texts {
            for (name, input) in cut(&nodes(text.parse().unwrap())) {
                if seen.insert(name) {
                    report.add(&input);
                }
            }
        }
        report
    })
}

fn named_by_all(input: TokenStream) -> (String, TokenStream) {
    (input.to_string(), input)
}

#[track_caller]
fn assert_kept(report: &Report) {
    println!("{report}");
    assert!(report.items > 200, "hardly any input was an item, so that the derive ran: {report}");
    assert!(report.faults.is_empty(), "{report}");
}

#[test]
fn every_struct_as_it_is() {
    assert_kept(&all_cuts(|item| vec![named_by_all(stream(item))]));
}

#[test]
fn every_struct_up_to_each_token() {
    assert_kept(&all_cuts(|item| cuts::prefixes(item).map(named_by_all).collect()));
}

#[test]
fn every_attribute_and_group_up_to_each_token() {
    assert_kept(&all_cuts(|item| cuts::short_groups(item).collect()));
}

#[test]
fn every_word_wherever_a_name_is_made_of_it() {
    assert_kept(&as_in_rustc(|| {
        let mut report = Report::default();
        pool::named(3).for_each(|input| report.add(&input));
        report
    }));
}

#[test]
fn random_edits() {
    let texts = texts();
    println!("seed {SEED}");
    assert_kept(&as_in_rustc(|| random(&texts, 1_500, SEED)));
}
