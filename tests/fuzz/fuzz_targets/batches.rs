//! `cargo +nightly fuzz run batches`, in `tests`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    occ_fuzz_targets::batches::check(bytes);
});
