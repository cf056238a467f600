//! Mysql, async.

pub mod cell {
    occ_tests::async_cell!(Mysql, diesel_async::AsyncMysqlConnection, occ_tests::mysql::Database);
    occ_tests::async_retry!();
    occ_tests::async_lock!();
}

#[path = "../worker/mod.rs"]
pub mod worker;
