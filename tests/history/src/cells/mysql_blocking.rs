//! Mysql, blocking.

pub mod cell {
    occ_tests::blocking_cell!(Mysql, diesel::MysqlConnection, occ_tests::mysql::Database);
    occ_tests::blocking_retry!();
    occ_tests::blocking_lock!();
}

#[path = "../worker/mod.rs"]
pub mod worker;
