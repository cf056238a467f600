//! `cargo +nightly fuzz run tags`, in `tests`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    occ_fuzz_targets::tags::check(bytes);
});
