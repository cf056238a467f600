//! Sqlite, async.

pub mod cell {
    occ_tests::async_cell!(
        Sqlite,
        diesel_async::sync_connection_wrapper::SyncConnectionWrapper<diesel::SqliteConnection>,
        occ_tests::sqlite::Database
    );
    occ_tests::async_retry!();
}

#[path = "../worker/mod.rs"]
pub mod worker;
