//! Every scenario on MySQL or MariaDB, blocking.
#![cfg(feature = "mysql")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test is named by what it shows, and panics if not"
)]

mod cell {
    occ_tests::blocking_cell!(diesel::MysqlConnection, occ_tests::mysql::Database);
}

#[path = "scenarios/mod.rs"]
mod scenarios;
