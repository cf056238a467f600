//! Postgres, async.

pub mod cell {
    occ_tests::async_cell!(Postgres, diesel_async::AsyncPgConnection, occ_tests::postgres::Database);
    occ_tests::async_retry!();
}

#[path = "../worker/mod.rs"]
pub mod worker;
