//! Every scenario on PostgreSQL, async.
#![cfg(feature = "async")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test is named by what it shows, and panics if not"
)]

mod cell {
    occ_tests::async_cell!(diesel_async::AsyncPgConnection, occ_tests::postgres::Database);
}

#[path = "scenarios/mod.rs"]
mod scenarios;
