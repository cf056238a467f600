//! Which database errors mean "somebody else was here, try again".

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::error::Error;

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
    /// The isolation level forbids what happened: SQLSTATE 40001 of PostgreSQL and its kin.
    SerializationFailure,
    /// This transaction was chosen to end a deadlock: PostgreSQL 40P01, MySQL 1213. It is also how Galera reports that
    /// another node was first (a failed certification), be it at a statement or at COMMIT.
    Deadlock,
    /// A lock was not to be had in time, or at once: PostgreSQL 55P03, MySQL 1205.
    LockTimeout,
    /// MariaDB 1020: the row is newer than this transaction's snapshot.
    RecordChanged,
    /// SQLite's `SQLITE_BUSY` and `SQLITE_LOCKED`, also when its snapshot is too old to be written from.
    Busy,
    /// MySQL 1047: a Galera node that is not, or not yet, part of its cluster.
    NodeNotReady,
}

/// What the servers say, where Diesel passes on no code: each text is part of the server's English message.
const MESSAGES: &[(&str, Transient)] = &[
    ("Deadlock found when trying to get lock", Transient::Deadlock),
    ("deadlock detected", Transient::Deadlock),
    ("could not obtain lock on", Transient::LockTimeout),
    ("canceling statement due to lock timeout", Transient::LockTimeout),
    ("Lock wait timeout exceeded", Transient::LockTimeout),
    ("Record has changed since last read", Transient::RecordChanged),
    ("database is locked", Transient::Busy),
    ("database table is locked", Transient::Busy),
    ("database schema is locked", Transient::Busy),
    ("WSREP has not yet prepared node", Transient::NodeNotReady),
];

impl Transient {
    /// Classifies an error of Diesel's.
    ///
    /// Diesel passes on the kind of an error and its message, but neither SQLSTATE nor error number. Serialization
    /// failures have a kind; all else is recognised by the server's English message, so a server whose messages are
    /// translated (`lc_messages`) needs a classifier of your own: see [`Error::is_retryable_by`].
    #[must_use]
    pub fn of(error: &DieselError) -> Option<Self> {
        match error {
            DieselError::DatabaseError(kind, information) => {
                let message = information.message();
                let by_message =
                    MESSAGES.iter().find(|(text, _)| message.contains(text)).map(|(_, why)| *why);
                let by_kind = matches!(kind, DatabaseErrorKind::SerializationFailure)
                    .then_some(Self::SerializationFailure);
                match kind {
                    DatabaseErrorKind::Unknown | DatabaseErrorKind::SerializationFailure => {
                        by_message.or(by_kind)
                    }
                    // A violated constraint may quote anything in its message.
                    _ => None,
                }
            }
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::of(commit_error),
            _ => None,
        }
    }
}

impl Error {
    /// Whether the same may succeed when it is done again, from the start of its transaction and with rows that are
    /// read anew: a stale object, a row locked by somebody else, and the database errors of [`Transient`].
    ///
    /// Not what a retry loop ends with: it has done that, and a loop around it must not begin all over.
    ///
    /// ```
    /// # use occ_runtime::Error;
    /// assert!(!Error::from(diesel::result::Error::NotFound).is_retryable());
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.is_retryable_by(|error| Transient::of(error).is_some())
    }

    /// The same with a classifier of your own for the database's errors.
    ///
    /// ```
    /// use diesel::result::{DatabaseErrorKind, Error as DieselError};
    /// use occ_runtime::{Error, Transient};
    ///
    /// let german = |error: &DieselError| {
    ///     let verklemmt = matches!(error, DieselError::DatabaseError(_, info) if info.message().contains("Verklemmung"));
    ///     verklemmt || Transient::of(error).is_some()
    /// };
    /// let error = DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new("Verklemmung entdeckt".to_owned()));
    /// assert!(Error::from(error).is_retryable_by(german));
    /// ```
    #[must_use]
    pub fn is_retryable_by(&self, classify: impl Fn(&DieselError) -> bool) -> bool {
        match self {
            Self::Stale(_) | Self::StaleBatch(_) | Self::Locked(_) => true,
            Self::TransactionAborted(inner) => classify(inner.cause()),
            Self::Database(error) => classify(error),
            Self::Version(_)
            | Self::AmbiguousKey(_)
            | Self::DuplicateRow(_)
            | Self::Guard(_)
            | Self::Unmerged(_) => false,
            #[cfg(feature = "retry")]
            Self::RetriesExhausted(_) | Self::NestedRetry(_) => false,
        }
    }

    /// Whether the connection is of no more use: it is closed, or holds a transaction that could not be rolled back.
    /// Drop it, and take it out of its pool.
    ///
    /// ```
    /// # use occ_runtime::Error;
    /// assert!(Error::from(diesel::result::Error::BrokenTransactionManager).needs_new_connection());
    /// ```
    #[must_use]
    pub fn needs_new_connection(&self) -> bool {
        match self {
            Self::Database(error) => connection_is_lost(error),
            Self::TransactionAborted(inner) => connection_is_lost(inner.cause()),
            #[cfg(feature = "retry")]
            Self::RetriesExhausted(given_up) => given_up.last().needs_new_connection(),
            _ => false,
        }
    }
}

/// What the servers' clients say of a connection that is gone, where Diesel has no kind for it.
const LOST: &[&str] = &[
    "erver has gone away", // "MySQL server ..", or "Server ..", by the client
    "Connection was killed",
    "terminating connection", // PostgreSQL's farewell: shut down, crashed, or ended by an administrator
    "Lost connection to",
    "connection closed",
    "Input/output error",
    "Connection to the server is closed",
];

fn connection_is_lost(error: &DieselError) -> bool {
    match error {
        DieselError::BrokenTransactionManager
        | DieselError::RollbackErrorOnCommit { .. }
        | DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
            _,
        ) => true,
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
            let message = information.message();
            LOST.iter().any(|text| message.contains(text))
        }
        _ => false,
    }
}
