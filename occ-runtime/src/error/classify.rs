//! What an error means: whether the same may succeed when it is done again, and whether its connection is of use.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::error::stale::StaleObjectError;
use crate::error::transient::Transient;
use crate::error::{Error, server_messages};

impl Transient {
    /// Classifies an error of Diesel's.
    ///
    /// Diesel passes on the kind of an error and its message, but neither SQLSTATE nor error number. Serialization
    /// failures have a kind; all else is recognised by the server's message, deadlocks and lock timeouts in each language of
    /// the servers, the rest in English. A server whose messages are translated (`lc_messages`) may need a classifier of your
    /// own: see [`Error::is_retryable_by`].
    ///
    /// A message that only quotes such words, as a value, as a name or in what a trigger raises, does not count:
    ///
    /// ```
    /// use diesel::result::{DatabaseErrorKind, Error};
    /// use occ_runtime::Transient;
    ///
    /// let raised = Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new("the database is locked".to_owned()));
    /// assert_eq!(Transient::of(&raised), None);
    /// ```
    ///
    /// What cannot be distinguished is a trigger or procedure that raises the server's own message word for word (and, on
    /// MySQL and SQLite, that of the other of the two), or with its SQLSTATE: it is taken at its word. Only
    /// `deadlock detected` on PostgreSQL can be, as the server's own has a detail.
    #[must_use]
    pub fn of(error: &DieselError) -> Option<Self> {
        match error {
            // A lost connection wins: of the servers' farewells one has the SQLSTATE of a serialization failure.
            error @ DieselError::DatabaseError(..) if connection_is_lost(error) => None,
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, information) => {
                server_messages::transient(&**information)
            }
            // MySQL's deadlock is of this kind too, if Diesel's own connection gets it from a statement.
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, information) => {
                let is_mysql = server_messages::is_of_mysql_or_sqlite(&**information);
                let by_kind = if is_mysql { Self::Deadlock } else { Self::SerializationFailure };
                server_messages::transient(&**information).or(Some(by_kind))
            }
            // A violated constraint may quote anything in its message.
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::of(commit_error),
            _ => None,
        }
    }
}

impl Error {
    /// Whether the same may succeed when it is done again, from the start of its transaction and with rows that are
    /// read anew: a stale object, a row locked by somebody else, and the database errors of [`Transient`]. Not a
    /// [`Tracked`](crate::Tracked) value that has outlived a rolled-back transaction: it is refused until it is reloaded.
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
    /// // What took too long for PostgreSQL's `statement_timeout` is no reason to try again, unless you say so.
    /// let text = "canceling statement due to statement timeout";
    /// let patient = |error: &DieselError| {
    ///     let too_slow = matches!(error, DieselError::DatabaseError(_, info) if info.message() == text);
    ///     too_slow || Transient::of(error).is_some()
    /// };
    /// let error = Error::from(DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text.to_owned())));
    /// assert!(!error.is_retryable() && error.is_retryable_by(patient));
    /// ```
    #[must_use]
    pub fn is_retryable_by(&self, classify: impl Fn(&DieselError) -> bool) -> bool {
        match self {
            // A value that is not read anew is refused each time.
            Self::Stale(stale) => !stale.is_unsettled(),
            Self::StaleBatch(stale) => !stale.rows().iter().any(StaleObjectError::is_unsettled),
            Self::Locked(_) => true,
            // An upsert of whatever is there, and the row came and went.
            Self::Exists(exists) => exists.is_retryable(),
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

    /// Whether the connection is of no more use: it is closed, an operation was broken off on it, it holds a transaction that
    /// could not be rolled back, names a statement that the server has forgotten, or leads to a server that was the primary and
    /// is no more, or to a Galera node that fell out of its cluster while it committed. Drop it, and take it out of its pool.
    ///
    /// A server that has become read-only keeps its connections, and each write on them fails: PostgreSQL's 25006, MySQL's
    /// and MariaDB's 1290 and 1836. PostgreSQL answers the same in a transaction or session that you have made read-only
    /// yourself, and nothing else that is passed on distinguishes the two. So a write there says this too: it costs
    /// the pool a connection, where the other way round it would keep all of the old primary's. MySQL and MariaDB have an
    /// error of its own for it (1792), which does not say this.
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

/// Whether the server has rolled back the whole transaction with it, so that what follows is in none: MySQL and MariaDB, at a
/// deadlock and at a changed record. PostgreSQL refuses what follows by itself.
pub(crate) fn ends_transaction(error: &DieselError) -> bool {
    let DieselError::DatabaseError(_, information) = error else { return false };
    let is_mysql = server_messages::is_of_mysql_or_sqlite(&**information);
    is_mysql && matches!(Transient::of(error), Some(Transient::Deadlock | Transient::RecordChanged))
}

pub(crate) fn connection_is_lost(error: &DieselError) -> bool {
    use DatabaseErrorKind as Kind;
    match error {
        DieselError::BrokenTransactionManager | DieselError::RollbackErrorOnCommit { .. } => true,
        DieselError::DatabaseError(kind, information) => match kind {
            Kind::ClosedConnection => true,
            Kind::UnableToSendCommand => !server_messages::is_unsent(&**information),
            Kind::ReadOnlyTransaction => !server_messages::is_own_read_only(&**information),
            Kind::Unknown | Kind::SerializationFailure => server_messages::is_farewell(&**information),
            _ => false,
        },
        _ => false,
    }
}
