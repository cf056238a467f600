//! Every scenario on PostgreSQL, async.
#![cfg(feature = "async")]

mod cell {
    occ_tests::async_cell!(Postgres, diesel_async::AsyncPgConnection, occ_tests::postgres::Database);
    occ_tests::async_lock!();
    #[cfg(feature = "retry")]
    occ_tests::async_retry!();
}

#[path = "scenarios/mod.rs"]
mod scenarios;

#[path = "server_scenarios/mod.rs"]
mod server_scenarios;

#[path = "async_scenarios/mod.rs"]
mod async_scenarios;

#[path = "postgres_scenarios/mod.rs"]
mod postgres_scenarios;
