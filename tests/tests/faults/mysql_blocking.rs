//! MySQL or MariaDB, blocking.

#[allow(dead_code, reason = "a cell defines more than this needs")]
mod cell {
    occ_tests::blocking_cell!(Mysql, diesel::MysqlConnection, occ_tests::mysql::Database);
    occ_tests::blocking_retry!();
}

#[path = "../scenarios/product.rs"]
mod product;

#[path = "any/mod.rs"]
mod any;

#[path = "servers/mod.rs"]
mod servers;

#[path = "blocking/mod.rs"]
mod blocking;
