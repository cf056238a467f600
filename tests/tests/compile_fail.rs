//! What the compiler says about each mistake, word for word, and that what it advises compiles.
//!
//! After a change of wording: `TRYBUILD=overwrite cargo test -p occ-tests --test compile_fail`, then read the diff.

use std::io::Write as _;
use std::process::Command;

/// The compiler that rendered the `.stderr` files. Others say the same in other words, or underline it differently.
const RENDERED_BY: &str = "rustc 1.95.";

#[test]
fn each_mistake_is_one_error_in_the_users_words() {
    let rustc = rustc_version();
    if rustc.starts_with(RENDERED_BY) {
        trybuild::TestCases::new().compile_fail("tests/compile_fail/*/*.rs");
    } else {
        // Not `eprintln!`, which is shown for failed tests only.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: the compile-fail cases are rendered by {RENDERED_BY}x, and this is {rustc}; \
             the compile-pass cases still run"
        );
    }
}

#[test]
fn the_advice_compiles() {
    trybuild::TestCases::new().pass("tests/compile_pass/*.rs");
}

fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    String::from_utf8(output.stdout).expect("rustc speaks UTF-8").trim().to_owned()
}
