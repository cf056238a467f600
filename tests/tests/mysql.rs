//! Every scenario on MySQL or MariaDB, blocking.
#![cfg(feature = "mysql")]

mod cell {
    occ_tests::blocking_cell!(Mysql, diesel::MysqlConnection, occ_tests::mysql::Database);
    occ_tests::blocking_lock!();
    #[cfg(feature = "retry")]
    occ_tests::blocking_retry!();
}

#[path = "scenarios/mod.rs"]
mod scenarios;

#[path = "server_scenarios/mod.rs"]
mod server_scenarios;

#[path = "mysql_scenarios/mod.rs"]
mod mysql_scenarios;
