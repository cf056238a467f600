//! Serves articles; `articles --help` says how.

use std::process::ExitCode;

fn main() -> ExitCode {
    articles::run(std::env::args_os().skip(1))
}
