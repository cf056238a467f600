//! Every scenario on MySQL or MariaDB, async.
#![cfg(feature = "async")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test is named by what it shows, and panics if not"
)]

mod cell {
    occ_tests::async_cell!(diesel_async::AsyncMysqlConnection, occ_tests::mysql::Database);
}

#[path = "scenarios/mod.rs"]
mod scenarios;
