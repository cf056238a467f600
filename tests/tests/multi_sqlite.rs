//! Every scenario on SQLite, through a connection that could be to another database.
#![cfg(feature = "sqlite")]

mod cell {
    occ_tests::blocking_cell!(Sqlite, occ_tests::multi::AnyConnection, occ_tests::sqlite::Database);
    #[cfg(feature = "retry")]
    occ_tests::blocking_retry!();
}

#[path = "scenarios/mod.rs"]
mod scenarios;
