//! What servers of one kind do differently, by what they say of themselves.

use diesel::sql_types::BigInt;
use occ_runtime::{Error, Transient};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, first};

/// Whether a statement that meets a row newer than its transaction's snapshot is refused (`is_newer_than_snapshot`): MariaDB, by
/// default from 11.6 on. MySQL has no such setting, and goes on with the new row.
pub(crate) async fn refuses_old_snapshots(conn: &mut Conn) -> bool {
    let setting = diesel::dsl::sql::<BigInt>("CAST(@@innodb_snapshot_isolation AS SIGNED)");
    BACKEND == Backend::Mysql && first::<_, i64>(diesel::select(setting), conn).await == Ok(1)
}

/// MariaDB's error 1020.
pub(crate) fn is_newer_than_snapshot(error: &Error) -> bool {
    matches!(error, Error::Database(error) if Transient::of(error) == Some(Transient::RecordChanged))
}
