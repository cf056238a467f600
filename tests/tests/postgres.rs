//! Every scenario on PostgreSQL, blocking.
#![cfg(feature = "postgres")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test is named by what it shows, and panics if not"
)]

mod cell {
    occ_tests::blocking_cell!(Postgres, diesel::PgConnection, occ_tests::postgres::Database);
    occ_tests::blocking_lock!();
    #[cfg(feature = "retry")]
    occ_tests::blocking_retry!();
}

#[path = "scenarios/mod.rs"]
mod scenarios;

#[path = "server_scenarios/mod.rs"]
mod server_scenarios;

#[path = "postgres_scenarios/mod.rs"]
mod postgres_scenarios;
