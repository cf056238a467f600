//! A bounded run of each fuzz target, on bytes of a seed. `tests/fuzz/run` has a fuzzer choose them.

use std::collections::BTreeMap;

use occ_fuzz_targets::{Outcome, batches, inputs, merges, tags};

/// Another seed makes other bytes.
const SEED: u64 = 20_261_126;

/// Checks so many inputs; each of these outcomes has to be among what comes of them, more than now and then.
fn run(check: fn(&[u8]) -> Outcome, count: usize, longest: usize, outcomes: &[Outcome]) {
    let mut met = BTreeMap::new();
    for bytes in inputs(SEED, longest).take(count) {
        *met.entry(check(&bytes)).or_insert(0_usize) += 1;
    }
    println!("{met:?}");
    for outcome in outcomes {
        assert!(met.get(outcome).is_some_and(|met| *met > 10), "{outcome}: {met:?}");
    }
}

#[test]
fn any_headers_are_read_and_judged_as_the_rfc_says() {
    run(tags::check, 20_000, 160, &["malformed", "proceed", "not modified", "precondition failed"]);
}

#[test]
fn any_two_edits_are_merged_by_the_rules_or_refused() {
    run(merges::check, 4000, 200, &["merged", "decided"]);
}

#[test]
fn any_batch_is_written_as_a_whole_or_not_at_all() {
    run(batches::check, 4000, 200, &["saved", "deleted", "stale", "duplicate row", "last version"]);
}
