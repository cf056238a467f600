//! `cargo +nightly fuzz run merges`, in `tests`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    occ_fuzz_targets::merges::check(bytes);
});
