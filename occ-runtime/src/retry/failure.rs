//! How a policy looks into the error of an attempt.

use std::error::Error as StdError;

use diesel::result::Error as DieselError;

use crate::error::fault::Fault;
use crate::error::refused::TransactionAbortedError;
use crate::error::{Error, server_messages};

/// An error that a retry loop can look into: is it the database's, or your own?
///
/// [`Error`], Diesel's error and `Box<dyn Error + Send + Sync>` are such errors. In a box, the database's error may also
/// be behind errors of your own, as their [`source`](StdError::source): the loop goes by the first that it finds. That is
/// handed out by reference only, so when the loop gives up, what it returns is the box as it is, without
/// [`Error::RetriesExhausted`]. An error that is no source is not seen, and that is so for `#[error(transparent)]`, which
/// hands out its content's source in place of its content. For your own enum it is a few lines:
///
/// ```
/// use occ_runtime::{Error, retry::{Failure, RetryError}};
///
/// #[derive(Debug, thiserror::Error)]
/// enum SaleError {
///     #[error("sold out")]
///     SoldOut,
///     #[error(transparent)]
///     Occ(#[from] Error),
///     #[error(transparent)]
///     Diesel(#[from] diesel::result::Error),
/// }
///
/// impl RetryError for SaleError {
///     fn failure(&mut self) -> Option<Failure<'_>> {
///         match self {
///             Self::SoldOut => None,
///             Self::Occ(error) => error.failure(),
///             Self::Diesel(error) => error.failure(),
///         }
///     }
/// }
///
/// assert!(SaleError::SoldOut.failure().is_none());
/// assert!(SaleError::from(diesel::result::Error::NotFound).failure().is_some());
/// ```
#[diagnostic::on_unimplemented(
    message = "a retry loop cannot look into `{Self}`",
    label = "is it the database's error, or your own?",
    note = "implement `occ_runtime::retry::RetryError` for `{Self}`: its one method hands out the error of occ or Diesel in it"
)]
pub trait RetryError {
    /// What occ or Diesel has reported; `None` for an error of your own, which ends the loop.
    ///
    /// By `&mut`, so that giving up can put [`Error::RetriesExhausted`] where the last error was.
    fn failure(&mut self) -> Option<Failure<'_>>;
}

/// An error of occ's or Diesel's, where it lies: see [`RetryError`].
///
/// ```
/// use occ_runtime::retry::{Failure, RetryError};
///
/// struct MyError(diesel::result::Error);
///
/// impl RetryError for MyError {
///     fn failure(&mut self) -> Option<Failure<'_>> {
///         self.0.failure()
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Failure<'e>(Place<'e>);

#[derive(Debug)]
enum Place<'e> {
    Occ(&'e mut Error),
    Diesel(&'e mut DieselError),
    /// A copy of what is behind an error that hands it out by reference.
    Behind(Error),
}

impl Failure<'_> {
    /// Takes the error out, and leaves another until [`put`](Self::put) is called.
    pub(crate) fn take(&mut self) -> Error {
        match &mut self.0 {
            Place::Occ(error) => std::mem::replace(error, Error::Database(DieselError::NotFound)),
            Place::Diesel(error) => std::mem::replace(*error, DieselError::NotFound).into(),
            Place::Behind(error) => std::mem::replace(error, Error::Database(DieselError::NotFound)),
        }
    }

    pub(crate) fn put(self, error: Error) {
        match self.0 {
            Place::Occ(place) => *place = error,
            Place::Diesel(place) => *place = error.into(),
            Place::Behind(_) => {}
        }
    }
}

impl RetryError for Error {
    fn failure(&mut self) -> Option<Failure<'_>> {
        Some(Failure(Place::Occ(self)))
    }
}

impl RetryError for DieselError {
    fn failure(&mut self) -> Option<Failure<'_>> {
        Some(Failure(Place::Diesel(self)))
    }
}

impl RetryError for Box<dyn StdError + Send + Sync> {
    fn failure(&mut self) -> Option<Failure<'_>> {
        if self.is::<Error>() {
            self.downcast_mut::<Error>()?.failure()
        } else if self.is::<DieselError>() {
            self.downcast_mut::<DieselError>()?.failure()
        } else {
            behind(&**self).map(|error| Failure(Place::Behind(error)))
        }
    }
}

/// A copy of the first error of occ's or Diesel's behind `error`, if it is one that trying again may help.
fn behind(error: &(dyn StdError + 'static)) -> Option<Error> {
    let mut error = error;
    while let Some(source) = error.source() {
        if let Some(ours) = source.downcast_ref::<Error>() {
            return copy(ours);
        }
        if let Some(diesels) = source.downcast_ref::<DieselError>() {
            return copy_of_diesels(diesels);
        }
        error = source;
    }
    None
}

/// Neither error can be cloned, but all of them can that are retried. Any other one ends the loop as the box's own.
fn copy(error: &Error) -> Option<Error> {
    match error {
        Error::Stale(stale) => Some(stale.clone().into()),
        Error::StaleBatch(stale) => Some(stale.clone().into()),
        Error::Locked(locked) => Some(locked.clone().into()),
        Error::TransactionAborted(aborted) => match copy_of_diesels(aborted.cause())? {
            Error::Database(cause) => Some(TransactionAbortedError::new(cause).into()),
            _ => None,
        },
        Error::Database(error) => copy_of_diesels(error),
        _ => None,
    }
}

fn copy_of_diesels(error: &DieselError) -> Option<Error> {
    match error {
        DieselError::DatabaseError(kind, information) => {
            Some(DieselError::DatabaseError(*kind, server_messages::copy(&**information)?).into())
        }
        DieselError::QueryBuilderError(inner) => copy(inner.downcast_ref()?),
        _ => None,
    }
}

/// What the closure of [`modify_optimistic`](crate::OptimisticDsl::modify_optimistic) returns: nothing, or a
/// `Result<(), E>` whose error may be of your own.
///
/// ```
/// fn can_be_returned<R: occ_runtime::retry::ModifyOutcome>() {}
/// can_be_returned::<()>();
/// can_be_returned::<Result<(), occ_runtime::Error>>();
/// ```
#[diagnostic::on_unimplemented(
    message = "a change of a row returns `()` or `Result<(), E>`, not `{Self}`",
    label = "returned by the closure",
    note = "`E` must be `From<occ_runtime::Error>`"
)]
pub trait ModifyOutcome {
    /// What `modify_optimistic` then fails with.
    type Error: From<Error>;

    #[doc(hidden)]
    fn into_result(self) -> Result<(), Self::Error>;
}

impl ModifyOutcome for () {
    type Error = Error;

    fn into_result(self) -> Result<(), Error> {
        Ok(())
    }
}

impl<E: From<Error>> ModifyOutcome for Result<(), E> {
    type Error = E;

    fn into_result(self) -> Self {
        self
    }
}

impl<E> RetryError for Fault<E> {
    fn failure(&mut self) -> Option<Failure<'_>> {
        match self {
            Self::Database(error) => error.failure(),
            Self::Own(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::DatabaseErrorKind;

    use super::*;
    use crate::error::refused::LockedError;
    use crate::error::stale::{Operation, StaleBatchError, StaleObjectError};

    /// An error of the user's.
    #[derive(Debug, thiserror::Error)]
    #[error("it went wrong")]
    struct Own(#[source] Box<dyn StdError + Send + Sync>);

    /// What a loop finds behind two errors of the user's.
    fn found(error: impl StdError + Send + Sync + 'static) -> Option<String> {
        let mut own: Box<dyn StdError + Send + Sync> = Box::new(Own(Box::new(Own(Box::new(error)))));
        own.failure().map(|mut failure| failure.take().to_string())
    }

    fn busy() -> DieselError {
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new("database is locked".to_owned()))
    }

    #[test]
    fn each_error_that_may_be_retried_is_found_behind_others() {
        let stale = StaleObjectError::new(Operation::Update, "items", "1".to_owned(), &1, Some(&2));
        for error in [
            || Error::from(busy()),
            || TransactionAbortedError::new(busy()).into(),
            || LockedError::new("items", "1".to_owned()).into(),
        ] {
            assert_eq!(found(error()), Some(error().to_string()));
        }
        assert_eq!(found(Error::from(stale.clone())), Some(stale.to_string()));
        let batch = StaleBatchError::new(vec![stale.clone(), stale.clone()]);
        assert_eq!(found(Error::from(batch.clone())), Some(batch.to_string()));
        assert_eq!(found(busy()), Some(busy().to_string()));
        // Diesel's error that brings one of occ's out of a transaction.
        let brought = DieselError::QueryBuilderError(Box::new(Error::from(stale.clone())));
        assert_eq!(found(brought), Some(stale.to_string()));
    }

    #[test]
    fn what_cannot_be_copied_is_not_found() {
        assert_eq!(found(DieselError::NotFound), None);
        assert_eq!(found(TransactionAbortedError::new(DieselError::NotFound)), None);
        assert_eq!(found(std::fmt::Error), None);
    }
}
