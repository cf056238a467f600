//! SQLite, async.

#[allow(dead_code, reason = "a cell defines more than this needs")]
mod cell {
    occ_tests::async_cell!(
        Sqlite,
        diesel_async::sync_connection_wrapper::SyncConnectionWrapper<diesel::SqliteConnection>,
        occ_tests::sqlite::Database
    );
    occ_tests::async_retry!();
}

#[path = "../scenarios/product.rs"]
mod product;

#[path = "any/mod.rs"]
mod any;

#[path = "sqlite/mod.rs"]
mod sqlite;

#[path = "waiting/mod.rs"]
mod waiting;
