//! SQLite, blocking.

#[allow(dead_code, reason = "a cell defines more than this needs")]
mod cell {
    occ_tests::blocking_cell!(Sqlite, diesel::SqliteConnection, occ_tests::sqlite::Database);
    occ_tests::blocking_retry!();
}

#[path = "../scenarios/product.rs"]
mod product;

#[path = "any/mod.rs"]
mod any;

#[path = "sqlite/mod.rs"]
mod sqlite;

#[path = "blocking/mod.rs"]
mod blocking;
