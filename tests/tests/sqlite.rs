//! Every scenario on SQLite, blocking.
#![cfg(feature = "sqlite")]

mod cell {
    occ_tests::blocking_cell!(Sqlite, diesel::SqliteConnection, occ_tests::sqlite::Database);
    #[cfg(feature = "retry")]
    occ_tests::blocking_retry!();
}

#[path = "scenarios/mod.rs"]
mod scenarios;

#[path = "sqlite_scenarios/mod.rs"]
mod sqlite_scenarios;
