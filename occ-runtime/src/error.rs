//! What can go wrong, and which of it is a conflict.

use std::error::Error as StdError;
use std::fmt;

use crate::merge::UnmergedError;

/// The error of every method in this crate.
///
/// | variant | you meet it when | memory | what to do |
/// |---|---|---|---|
/// | [`Stale`](Error::Stale) | the row moved on since it was loaded, or is gone | unchanged | reload, apply the change again |
/// | [`StaleBatch`](Error::StaleBatch) | the same for rows of a batch, each of them named | unchanged | reload those, apply the changes again |
/// | [`DuplicateRow`](Error::DuplicateRow) | a batch has two values for one row | unchanged | merge them |
/// | [`Version`](Error::Version) | no version follows the current one | unchanged | widen the column or change the generator |
/// | [`AmbiguousKey`](Error::AmbiguousKey) | the key matched more than one row | unchanged | roll back, name the whole primary key |
/// | [`Locked`](Error::Locked) | another transaction holds the row and you asked to skip it | unchanged | try later |
/// | [`Unmerged`](Error::Unmerged) | both sides changed a field, and nobody decides between them | unchanged | ask somebody, `rebase_with` |
/// | [`TransactionAborted`](Error::TransactionAborted) | a database error was ignored within a transaction | versions put back | run the transaction again, and let its errors out |
/// | [`RetriesExhausted`](Error::RetriesExhausted) (feature `retry`) | a retry loop has used up its attempts or its time | unchanged | try later |
/// | [`NestedRetry`](Error::NestedRetry) (feature `retry`) | a retry loop was called within a transaction | unchanged | call it outside |
/// | [`Database`](Error::Database) | the database or Diesel refused | unchanged | as for any Diesel error |
///
/// It turns into a [`diesel::result::Error`] and back without loss, so `?` works inside a transaction whose
/// closure returns either of them:
///
/// ```
/// use occ_runtime::Error;
///
/// let original = Error::from(diesel::result::Error::NotFound);
/// let through_diesel = diesel::result::Error::from(original);
/// assert_eq!(through_diesel, diesel::result::Error::NotFound);
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The row is not at the expected version any more.
    #[error(transparent)]
    Stale(#[from] StaleObjectError),
    /// Rows of a batch are not at their versions any more. None of the batch is written.
    #[error(transparent)]
    StaleBatch(#[from] StaleBatchError),
    /// A batch holds two values for one row. Nothing was sent to the database.
    #[error(transparent)]
    DuplicateRow(#[from] DuplicateRowError),
    /// The generator could not make the next version. Nothing was sent to the database.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// A statement for one row met several: the struct does not name the whole primary key.
    #[error(transparent)]
    AmbiguousKey(#[from] AmbiguousKeyError),
    /// The row is locked by somebody else, and [`LockMode::skip_locked`](crate::LockMode::skip_locked) was asked for.
    #[error(transparent)]
    Locked(#[from] LockedError),
    /// A [`rebase`](crate::TrackedDsl::rebase) met fields that both sides have changed in different ways.
    #[error(transparent)]
    Unmerged(#[from] UnmergedError),
    /// The row is at the expected version, but a condition of [`save_optimistic_if`](crate::OptimisticDsl::save_optimistic_if)
    /// or [`delete_optimistic_if`](crate::OptimisticDsl::delete_optimistic_if) does not hold for it.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// [`optimistic_transaction`](crate::optimistic_transaction) found its transaction over before the commit.
    #[error(transparent)]
    TransactionAborted(#[from] TransactionAbortedError),
    /// A retry loop has used up its attempts or its time.
    #[cfg(feature = "retry")]
    #[error(transparent)]
    RetriesExhausted(#[from] crate::retry::RetriesExhausted),
    /// A retry loop was called within a transaction. Nothing was sent to the database.
    #[cfg(feature = "retry")]
    #[error(transparent)]
    NestedRetry(#[from] crate::retry::NestedRetryError),
    /// Anything else that Diesel reports.
    #[error(transparent)]
    Database(diesel::result::Error),
}

impl Error {
    /// Whether somebody else changed or deleted the row first; of a retry loop that has given up, whether that is how
    /// its last attempt was lost.
    ///
    /// ```
    /// use occ_runtime::Error;
    /// assert!(!Error::from(diesel::result::Error::NotFound).is_stale());
    /// ```
    #[must_use]
    pub fn is_stale(&self) -> bool {
        match self {
            #[cfg(feature = "retry")]
            Self::RetriesExhausted(given_up) => given_up.last().is_stale(),
            error => matches!(error, Self::Stale(_) | Self::StaleBatch(_)),
        }
    }
}

impl From<diesel::result::Error> for Error {
    /// Unwraps an [`Error`] that travelled through Diesel; any other error becomes [`Error::Database`].
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::QueryBuilderError(inner) => match inner.downcast::<Self>() {
                Ok(ours) => *ours,
                Err(other) => Self::Database(diesel::result::Error::QueryBuilderError(other)),
            },
            other => Self::Database(other),
        }
    }
}

impl From<Error> for diesel::result::Error {
    /// Wraps everything that is not Diesel's own in `QueryBuilderError`, the only variant that Diesel never
    /// looks into.
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => error,
            ours => Self::QueryBuilderError(Box::new(ours)),
        }
    }
}

/// What was tried when a conflict was found.
///
/// ```
/// assert_eq!(occ_runtime::Operation::Save.to_string(), "save");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// [`save_optimistic`](crate::OptimisticDsl::save_optimistic) or
    /// [`save_optimistic_expecting`](crate::OptimisticDsl::save_optimistic_expecting).
    Save,
    /// [`update_optimistic`](crate::OptimisticDsl::update_optimistic).
    Update,
    /// [`touch_optimistic`](crate::OptimisticDsl::touch_optimistic).
    Touch,
    /// [`delete_optimistic`](crate::OptimisticDsl::delete_optimistic).
    Delete,
    /// [`verify_optimistic`](crate::OptimisticDsl::verify_optimistic).
    Verify,
    /// [`reload`](crate::OptimisticDsl::reload).
    Reload,
    /// [`lock_optimistic`](crate::OptimisticDsl::lock_optimistic).
    Lock,
    /// [`rebase`](crate::TrackedDsl::rebase).
    Rebase,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Save => "save",
            Self::Update => "update",
            Self::Touch => "touch",
            Self::Delete => "delete",
            Self::Verify => "verify",
            Self::Reload => "reload",
            Self::Lock => "lock",
            Self::Rebase => "rebase",
        })
    }
}

/// The row is not what the program holds: it was changed, or it is gone.
///
/// Versions and keys are kept as text, as `Debug` prints them (a text version is in quotes).
///
/// ```
/// # use diesel::prelude::*;
/// use occ_runtime::{Error, prelude::*};
/// # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
/// # #[derive(OptimisticLock)]
/// # struct Product { id: i32, name: String, version: i32 }
/// # let conn = &mut SqliteConnection::establish(":memory:").unwrap();
/// # diesel::sql_query("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL)").execute(conn).unwrap();
/// # diesel::sql_query("INSERT INTO products VALUES (1, 'lamp', 2)").execute(conn).unwrap();
///
/// let mut old = Product { id: 1, name: "lamp".into(), version: 1 };
/// let Err(Error::Stale(stale)) = old.save_optimistic(conn) else { panic!("the row is at version 2") };
/// assert_eq!((stale.table(), stale.key()), ("products", "1"));
/// assert_eq!((stale.expected(), stale.actual()), ("1", Some("2")));
/// assert!(!stale.is_deleted());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleObjectError(Box<Conflict>);

/// Boxed, so that a `Result` on the path without conflict stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Conflict {
    table: &'static str,
    key: String,
    operation: Operation,
    expected: String,
    actual: Option<String>,
}

impl StaleObjectError {
    pub(crate) fn new(
        operation: Operation,
        table: &'static str,
        key: String,
        expected: String,
        actual: Option<String>,
    ) -> Self {
        Self(Box::new(Conflict { table, key, operation, expected, actual }))
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.0.table
    }

    /// The primary key of the row; several columns as `(1, "blue")`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// What was tried.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// The version the row should have had.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.0.expected
    }

    /// The version the row had when it was looked at after the conflict; `None` where no row was to be seen.
    #[must_use]
    pub fn actual(&self) -> Option<&str> {
        self.0.actual.as_deref()
    }

    /// Whether the row was looked at through a snapshot that is older than the change, so that [`actual`](Self::actual)
    /// still is the expected version: under REPEATABLE READ a MySQL transaction goes on seeing what it saw first. The
    /// row was changed or deleted; to learn which, and to go on, end this transaction and begin a new one.
    #[must_use]
    pub fn is_seen_through_old_snapshot(&self) -> bool {
        self.0.actual.as_deref() == Some(self.0.expected.as_str())
    }

    /// Whether no row with this key was to be seen: deleted, or hidden from this connection by a row policy or a
    /// view.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.0.actual.is_none()
    }
}

impl fmt::Display for StaleObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Conflict { table, key, operation, expected, actual } = &*self.0;
        write!(f, "cannot {operation} row {key} of `{table}`: it was read at version {expected}, but ")?;
        match actual {
            None => f.write_str("it is gone or not visible to this connection"),
            // No row matched and yet the version looks right: this transaction reads from a snapshot older than
            // the change, or a trigger or row policy kept the statement away.
            Some(_) if self.is_seen_through_old_snapshot() => f.write_str(
                "no row was written although that version is still to be seen here; start a new transaction, or \
                 look for a trigger or row policy that holds the statement back",
            ),
            Some(actual) => {
                write!(f, "it is at version {actual} by now; reload it and apply the change again")
            }
        }
    }
}

impl StdError for StaleObjectError {}

/// No version follows the current one.
///
/// ```
/// use occ_runtime::{Increment, VersionGenerator};
///
/// let error = Increment::next(&i16::MAX).unwrap_err();
/// assert_eq!(error.to_string(), "no version follows 32767: `i16` is exhausted; use a wider type and column");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct VersionError {
    message: String,
}

impl VersionError {
    /// The type has no value after `last`.
    ///
    /// ```
    /// assert!(occ_runtime::VersionError::exhausted(&255_u8).to_string().contains("255"));
    /// ```
    #[must_use]
    pub fn exhausted<V: fmt::Debug>(last: &V) -> Self {
        Self::new(format!(
            "no version follows {last:?}: `{}` is exhausted; use a wider type and column",
            std::any::type_name::<V>()
        ))
    }

    /// Any other reason, as one sentence that says what to do.
    ///
    /// ```
    /// let error = occ_runtime::VersionError::new("the clock service is down; try again");
    /// assert_eq!(error.to_string(), "the clock service is down; try again");
    /// ```
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// A statement that is meant for one row met several.
///
/// The statement has run. Roll its transaction back; outside of one the rows are written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "key {key} of `{table}` matched {rows} rows instead of one: the struct does not name the whole primary key; \
     list every key column in `#[diesel(primary_key(..))]` and roll this transaction back"
)]
pub struct AmbiguousKeyError {
    table: &'static str,
    key: String,
    rows: usize,
}

impl AmbiguousKeyError {
    pub(crate) fn new(table: &'static str, key: String, rows: usize) -> Self {
        Self { table, key, rows }
    }

    /// How many rows the statement met.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }
}

/// Another transaction holds the row.
///
/// ```
/// fn row(error: &occ_runtime::LockedError) -> (&str, &str) {
///     (error.table(), error.key())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {key} of `{table}` is locked by another transaction; try again later")]
pub struct LockedError {
    table: &'static str,
    key: String,
}

impl LockedError {
    pub(crate) fn new(table: &'static str, key: String) -> Self {
        Self { table, key }
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The primary key of the row.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// A row at the expected version was not written, since a condition does not hold for it.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
#[doc = include_str!("example.txt")]
/// # let conn = &mut connection();
/// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// let Err(Error::Guard(error)) = lamp.save_optimistic_if(products::quantity.gt(100), conn) else { panic!("there are 10") };
/// assert_eq!((error.table(), error.key()), ("products", "1"));
/// # Ok::<_, Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "cannot {operation} row {key} of `{table}`: it is at the expected version, but the condition does not hold for it"
)]
pub struct GuardError {
    operation: Operation,
    table: &'static str,
    key: String,
}

impl GuardError {
    pub(crate) fn new(operation: Operation, table: &'static str, key: String) -> Self {
        Self { operation, table, key }
    }

    /// What was tried.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The primary key of the row.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// A transaction was over before its end.
///
/// ```
/// fn what_the_database_said(error: &occ_runtime::TransactionAbortedError) -> String {
///     error.cause().to_string()
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[error(
    "the transaction was aborted before its end, by an error that was ignored within it, and nothing is committed by \
     its COMMIT ({cause}); let database errors out of the closure and run it again"
)]
pub struct TransactionAbortedError {
    cause: diesel::result::Error,
}

impl TransactionAbortedError {
    pub(crate) fn new(cause: diesel::result::Error) -> Self {
        Self { cause }
    }

    /// What the database said when the transaction's end was prepared.
    #[must_use]
    pub fn cause(&self) -> &diesel::result::Error {
        &self.cause
    }
}

/// Rows of a batch that were changed or deleted by somebody else; the others were fine.
///
/// ```
/// fn keys(error: &occ_runtime::StaleBatchError) -> Vec<&str> {
///     error.rows().iter().map(|row| row.key()).collect()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleBatchError {
    rows: Vec<StaleObjectError>,
}

impl StaleBatchError {
    pub(crate) fn new(rows: Vec<StaleObjectError>) -> Self {
        Self { rows }
    }

    /// Every stale row, in the order of the batch.
    #[must_use]
    pub fn rows(&self) -> &[StaleObjectError] {
        &self.rows
    }
}

impl fmt::Display for StaleBatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing of the batch is written, for {} of its rows:", self.rows.len())?;
        // A sentence, not a report: a batch can be long.
        for (index, row) in self.rows.iter().take(3).enumerate() {
            write!(f, "{} {row}", if index == 0 { "" } else { ";" })?;
        }
        if self.rows.len() > 3 {
            write!(f, "; and {} more", self.rows.len() - 3)?;
        }
        Ok(())
    }
}

impl StdError for StaleBatchError {}

/// Two values of a batch are for one row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {key} of `{table}` is twice in the batch; merge the two values into one")]
pub struct DuplicateRowError {
    table: &'static str,
    key: String,
}

impl DuplicateRowError {
    pub(crate) fn new(table: &'static str, key: String) -> Self {
        Self { table, key }
    }

    /// The primary key of the row.
    ///
    /// ```
    /// fn key(error: &occ_runtime::DuplicateRowError) -> &str {
    ///     error.key()
    /// }
    /// ```
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}
