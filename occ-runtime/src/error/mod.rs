//! What can go wrong, and which of it is a conflict.

use crate::error::exists::ExistsError;
#[cfg(feature = "retry")]
use crate::error::refused::NestedRetryError;
use crate::error::refused::{
    AmbiguousKeyError, DuplicateRowError, GuardError, LockedError, TransactionAbortedError, VersionError,
};
use crate::error::stale::{StaleBatchError, StaleObjectError};
use crate::error::unmerged::UnmergedError;

pub(crate) mod classify;
pub(crate) mod exists;
pub(crate) mod fault;
pub(crate) mod refused;
pub(crate) mod server_messages;
pub(crate) mod stale;
pub(crate) mod trace;
pub(crate) mod transient;
pub(crate) mod unmerged;

/// The error of every method in this crate.
///
/// | variant | when | memory | what to do |
/// |---|---|---|---|
/// | [`Stale`](Error::Stale) | the row was changed since it was loaded, or is gone | unchanged | reload, apply the change again |
/// | [`StaleBatch`](Error::StaleBatch) | the same for rows of a batch, each of them named | unchanged | reload those, apply the changes again |
/// | [`Exists`](Error::Exists) | a row that was to be new is there already | unchanged | load it and change it, or take another key |
/// | [`DuplicateRow`](Error::DuplicateRow) | a batch has two values for one row | unchanged | merge them |
/// | [`Version`](Error::Version) | no version follows the current one | unchanged | widen the column or change the generator |
/// | [`AmbiguousKey`](Error::AmbiguousKey) | the key is not unique in the database, and matched more than one row | unchanged | make it unique; roll back if it [`is_written`](AmbiguousKeyError::is_written) |
/// | [`Guard`](Error::Guard) | the row is at its version, but the condition of `save_optimistic_if` does not hold for it, or a trigger stops the statement | unchanged | decide again |
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
    /// A row with this key is there already. Nothing is written. It is [retryable](Error::is_retryable) only of an upsert of whatever is
    /// there, where others make and delete the row all the time.
    #[error(transparent)]
    Exists(#[from] ExistsError),
    /// A batch holds two values for one row. Nothing is written.
    #[error(transparent)]
    DuplicateRow(#[from] DuplicateRowError),
    /// The generator could not make the next version, or the database has left the version where it was. Of a batch that is
    /// written row by row, the rows before it are rolled back.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// A statement for one row matched several: the key is not unique in the database.
    #[error(transparent)]
    AmbiguousKey(#[from] AmbiguousKeyError),
    /// The row is locked by somebody else, and [`LockMode::skip_locked`](crate::LockMode::skip_locked) was asked for.
    #[error(transparent)]
    Locked(#[from] LockedError),
    /// A [`rebase`](crate::TrackedDsl::rebase) found fields that both sides have changed in different ways.
    #[error(transparent)]
    Unmerged(#[from] UnmergedError),
    /// The row is at the expected version, but a condition of [`save_optimistic_if`](crate::OptimisticDsl::save_optimistic_if)
    /// or [`delete_optimistic_if`](crate::OptimisticDsl::delete_optimistic_if) does not hold for it; or something in the
    /// database, such as a trigger, holds back such a statement, or one of `modify_optimistic`. What it holds back elsewhere is
    /// [`Stale`](Error::Stale): see [`is_from_old_snapshot`](StaleObjectError::is_from_old_snapshot).
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// [`optimistic_transaction`](crate::optimistic_transaction) found its transaction over before the commit, or a method in it
    /// comes after an error that has ended it.
    #[error(transparent)]
    TransactionAborted(#[from] TransactionAbortedError),
    /// A retry loop has used up its attempts or its time.
    #[cfg(feature = "retry")]
    #[error(transparent)]
    RetriesExhausted(#[from] RetriesExhaustedError),
    /// A retry loop was called within a transaction. Nothing was sent to the database.
    #[cfg(feature = "retry")]
    #[error(transparent)]
    NestedRetry(#[from] NestedRetryError),
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

impl Error {
    /// What was written is rolled back.
    pub(crate) fn rolled_back(self) -> Self {
        match self {
            Self::AmbiguousKey(error) => error.rolled_back().into(),
            error => error,
        }
    }
}

/// [`Error::TransactionAborted`], for a closure whose errors are the user's own.
pub(crate) fn aborted<E: From<diesel::result::Error>>(cause: diesel::result::Error) -> E {
    diesel::result::Error::from(Error::from(TransactionAbortedError::new(cause))).into()
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

#[cfg(feature = "retry")]
/// A retry loop has used up its attempts or its time.
///
/// The source is the error of the last attempt.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::prelude::*;
/// use occ_runtime::Error;
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
///
/// let mut old: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// # products::table.find(1).select(Product::as_select()).first(conn)?.save_optimistic(conn)?;
/// // Saves what was read before, so it loses each time.
/// let result = RetryPolicy::new().attempts(3).run(conn, |conn| old.save_optimistic(conn));
/// let Err(Error::RetriesExhausted(given_up)) = result else { panic!("the row was changed") };
/// assert_eq!(given_up.attempts(), 3);
/// assert!(given_up.last().is_stale());
/// # Ok::<_, Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error(
    "gave up{} after {attempts} {}; try later, or give the `RetryPolicy` more attempts or more time",
    on_row(last),
    if *attempts == 1 { "attempt" } else { "attempts" }
)]
pub struct RetriesExhaustedError {
    attempts: u32,
    #[source]
    last: Box<Error>,
}

#[cfg(feature = "retry")]
impl RetriesExhaustedError {
    pub(crate) fn new(attempts: u32, last: Error) -> Self {
        Self { attempts, last: Box::new(last) }
    }

    /// How often it was tried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The error of the last attempt.
    #[must_use]
    pub fn last(&self) -> &Error {
        &self.last
    }
}

#[cfg(feature = "retry")]
/// Where it was, if the last error knows.
fn on_row(last: &Error) -> String {
    match last {
        Error::Stale(stale) => format!(" on row {} of `{}`", stale.key(), stale.table()),
        _ => String::new(),
    }
}
