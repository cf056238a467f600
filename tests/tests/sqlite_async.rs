//! Every scenario on SQLite, async.
#![cfg(feature = "async")]

mod cell {
    occ_tests::async_cell!(
        Sqlite,
        diesel_async::sync_connection_wrapper::SyncConnectionWrapper<diesel::SqliteConnection>,
        occ_tests::sqlite::Database
    );
    #[cfg(feature = "retry")]
    occ_tests::async_retry!();
}

#[path = "scenarios/mod.rs"]
mod scenarios;

#[path = "sqlite_scenarios/mod.rs"]
mod sqlite_scenarios;

#[path = "async_scenarios/mod.rs"]
mod async_scenarios;
