//! Every scenario on PostgreSQL, blocking.
#![cfg(feature = "postgres")]

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
