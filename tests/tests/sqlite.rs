//! Every scenario on SQLite, blocking.
#![cfg(feature = "sqlite")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test is named by what it shows, and panics if not"
)]

mod cell {
    occ_tests::blocking_cell!(Sqlite, diesel::SqliteConnection, occ_tests::sqlite::Database);
    #[cfg(feature = "retry")]
    occ_tests::blocking_retry!();
}

#[path = "scenarios/mod.rs"]
mod scenarios;

#[path = "sqlite_scenarios/mod.rs"]
mod sqlite_scenarios;
