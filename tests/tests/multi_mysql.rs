//! Every scenario on MySQL or MariaDB, through a connection that could be to another database.
#![cfg(feature = "mysql")]

mod cell {
    occ_tests::blocking_cell!(Mysql as Sqlite, occ_tests::multi::AnyConnection, occ_tests::mysql::Database);
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
