//! Sqlite, blocking.

pub mod cell {
    occ_tests::blocking_cell!(Sqlite, diesel::SqliteConnection, occ_tests::sqlite::Database);
    occ_tests::blocking_retry!();
}

#[path = "../worker/mod.rs"]
pub mod worker;
