//! Postgres, async.

pub mod cell {
    occ_tests::async_cell!(Postgres, diesel_async::AsyncPgConnection, occ_tests::postgres::Database);
    occ_tests::async_retry!();
    occ_tests::async_lock!();
}

#[path = "../worker/mod.rs"]
pub mod worker;
