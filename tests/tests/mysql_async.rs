//! Every scenario on MySQL or MariaDB, async.
#![cfg(feature = "async")]

mod cell {
    occ_tests::async_cell!(Mysql, diesel_async::AsyncMysqlConnection, occ_tests::mysql::Database);
    occ_tests::async_lock!();
    #[cfg(feature = "retry")]
    occ_tests::async_retry!();
}

#[path = "scenarios/mod.rs"]
mod scenarios;

#[path = "server_scenarios/mod.rs"]
mod server_scenarios;

#[path = "mysql_scenarios/mod.rs"]
mod mysql_scenarios;

#[path = "async_scenarios/mod.rs"]
mod async_scenarios;

// Here, since no other driver has the setting.
#[path = "async_scenarios/found_rows.rs"]
mod found_rows;

use scenarios::product;
