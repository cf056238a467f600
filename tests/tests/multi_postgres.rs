//! Every scenario on PostgreSQL, through a connection that could be to another database.
#![cfg(feature = "postgres")]

mod cell {
    occ_tests::blocking_cell!(
        Postgres as Sqlite,
        occ_tests::multi::AnyConnection,
        occ_tests::postgres::Database
    );
    #[cfg(feature = "retry")]
    occ_tests::blocking_retry!();
}

#[path = "scenarios/mod.rs"]
mod scenarios;

#[test]
fn what_is_left_out_is_named() {
    occ_tests::report::skipped(
        "server_scenarios::locks",
        "a `MultiConnection` has no row locks: its backend is not one of Diesel's",
    );
}
