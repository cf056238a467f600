//! Sqlite, blocking.

pub mod cell {
    occ_tests::blocking_cell!(Sqlite, diesel::SqliteConnection, occ_tests::sqlite::Database);
    occ_tests::blocking_retry!();

    /// There are no row locks. What is read at its version here, cannot be written as stale: the database is busy then.
    pub async fn lock(row: &crate::row::Row, _: occ_runtime::LockMode, conn: &mut Conn) -> Result<(), Error> {
        verify(row, conn).await
    }
}

#[path = "../worker/mod.rs"]
pub mod worker;
