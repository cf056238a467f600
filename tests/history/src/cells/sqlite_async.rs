//! Sqlite, async.

pub mod cell {
    occ_tests::async_cell!(
        Sqlite,
        diesel_async::sync_connection_wrapper::SyncConnectionWrapper<diesel::SqliteConnection>,
        occ_tests::sqlite::Database
    );
    occ_tests::async_retry!();

    /// There are no row locks. What is read at its version here, cannot be written as stale: the database is busy then.
    pub async fn lock(row: &crate::row::Row, _: occ_runtime::LockMode, conn: &mut Conn) -> Result<(), Error> {
        verify(row, conn).await
    }
}

#[path = "../worker/mod.rs"]
pub mod worker;
