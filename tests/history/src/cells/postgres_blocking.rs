//! Postgres, blocking.

pub mod cell {
    occ_tests::blocking_cell!(Postgres, diesel::PgConnection, occ_tests::postgres::Database);
    occ_tests::blocking_retry!();
    occ_tests::blocking_lock!();
}

#[path = "../worker/mod.rs"]
pub mod worker;
