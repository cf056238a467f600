//! What the cells of servers have in common.

use occ_runtime::{Error, LockMode};

use super::cell::{BACKEND, Conn, first, lock};
use crate::shelf::Shelf;

pub const HAS_ROW_LOCKS: bool = true;

#[allow(clippy::unused_async, reason = "the same for every cell")]
pub async fn immediately<F>(_: &mut Conn, _: F) -> Result<(), Error>
where
    F: AsyncFnOnce(&mut Conn) -> Result<(), Error>,
{
    unreachable!("only SQLite begins so")
}

pub async fn lock_row(row: &Shelf, conn: &mut Conn) -> Result<(), Error> {
    lock(row, LockMode::for_update(), conn).await
}

/// By which the server knows the connection.
pub async fn connection_id(conn: &mut Conn) -> i64 {
    let sql = match BACKEND {
        occ_tests::cell::Backend::Postgres => "CAST(pg_backend_pid() AS bigint)",
        _ => "CAST(CONNECTION_ID() AS SIGNED)",
    };
    first(diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(sql)), conn).await.unwrap()
}

/// MySQL has no `innodb_snapshot_isolation`, and is not what the page is about.
pub async fn is_of_the_page(conn: &mut Conn) -> bool {
    let version = diesel::dsl::sql::<diesel::sql_types::Text>("VERSION()");
    let version: String = first(diesel::select(version), conn).await.unwrap();
    BACKEND == occ_tests::cell::Backend::Postgres || version.contains("MariaDB")
}
