//! Which database errors mean "somebody else was here, try again".

/// Why a transaction that failed may well succeed when it is run again from its start.
///
/// ```
/// use diesel::result::{DatabaseErrorKind, Error};
/// use occ_runtime::Transient;
///
/// let locked = Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new("database is locked".to_owned()));
/// assert_eq!(Transient::of(&locked), Some(Transient::Busy));
/// assert_eq!(Transient::of(&Error::NotFound), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transient {
    /// The isolation level forbids what happened: SQLSTATE 40001 of PostgreSQL and its kin, a write conflict of TiDB.
    SerializationFailure,
    /// This transaction was chosen to end a deadlock: PostgreSQL 40P01, MySQL 1213. Also that another node was first (a failed
    /// certification), be it at a statement or at COMMIT: Galera's 1213, Group Replication's 3101 and 1180.
    Deadlock,
    /// A lock was not to be had in time, or at once: PostgreSQL 55P03, MySQL 1205 and 3572.
    LockTimeout,
    /// MariaDB 1020: the row is newer than this transaction's snapshot.
    RecordChanged,
    /// MySQL and MariaDB 1412: the table was altered after this transaction's snapshot was taken.
    TableChanged,
    /// SQLite's `SQLITE_BUSY` and `SQLITE_LOCKED`, also when its snapshot is too old to be written from.
    Busy,
    /// MySQL 1047: a Galera node that is not, or not yet, part of its cluster. Also a member of a MySQL group that has not yet applied
    /// what the primary before it has left.
    NodeNotReady,
}
