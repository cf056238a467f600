//! A web service that never loses an edit.
//!
//! `article` says what is stored and `store` does it. `api` answers programs, which name what they have read in an
//! `If-Match`; `page` answers people, for whom `page::edit` merges. `app` puts them together, and `server` runs them.
//!
//! It is a library for the sake of the load tool, which starts the service as a child of its own.

use std::ffi::OsString;
use std::process::ExitCode;

mod api;
mod app;
mod arguments;
mod article;
mod assets;
mod guard;
mod page;
mod server;
mod store;

/// Serves until Ctrl-C or SIGTERM, as the arguments and the environment say, and prints its URL once it does.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let outcome = match arguments::read(words) {
        Ok(Some(arguments)) => server::run(arguments),
        Ok(None) => {
            println!("{}", arguments::HELP);
            Ok(())
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("articles: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The slug, the title and the version of every article, read without the service: for checks of what it has stored.
pub fn rows(
    database: &str,
) -> Result<Vec<(String, String, i64)>, impl std::error::Error + Send + Sync + 'static> {
    server::rows(database)
}
