//! What a test run says although its tests pass: the test harness hides what is printed, not what is written here.

use std::fmt::Display;
use std::io::Write as _;

/// Says that a scenario did not run, and how to run it.
pub fn skipped(what: impl Display, how: impl Display) {
    say(format_args!("skipped: {what}: {how}"));
}

/// Says what a scenario counted.
pub fn measured(what: impl Display) {
    say(format_args!("measured: {what}"));
}

fn say(line: impl Display) {
    // A line that cannot be written fails no test.
    let _ = writeln!(std::io::stderr(), "{line}");
}
