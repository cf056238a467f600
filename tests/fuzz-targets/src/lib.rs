//! What must hold for any bytes. Each module is a target of `tests/fuzz`, where a fuzzer chooses the bytes; here a seed does, so
//! that a bounded run of each is an ordinary test.
//!
//! A `check` panics where its promise is broken.
#![allow(clippy::must_use_candidate, reason = "a fuzzer does not ask what has come of an input")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a target panics where a promise is broken, or where there is no database in memory"
)]

pub mod batches;
pub mod merges;
pub mod tags;
pub mod values;

/// What has come of an input, so that a run can show that all of it was met.
pub type Outcome = &'static str;

/// Inputs of a seed, each of up to `longest` bytes.
///
/// Half of them are made of few different bytes, so that values often meet again.
pub fn inputs(seed: u64, longest: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut random = fastrand::Rng::with_seed(seed);
    std::iter::repeat_with(move || {
        let length = random.usize(..=longest);
        let most = if random.bool() { u8::MAX } else { 7 };
        std::iter::repeat_with(|| random.u8(..=most)).take(length).collect()
    })
}
