//! What a statement has come to: the version that it made, or why it is refused.

use diesel::backend::Backend;
use diesel::result::{Error as DieselError, QueryResult};

use crate::error::refused::{AmbiguousKeyError, GuardError, LockedError, VersionError};
use crate::error::stale::{Operation, StaleObjectError};
use crate::error::unmerged::Difference;
use crate::error::unmerged::UnmergedError;
use crate::error::{Error, trace};
use crate::model::check::Check as _;
use crate::model::columns::Columns;
use crate::statement::clause::ValueText;
use crate::version::database::is_xmin;

/// A version made by the database must move, or it guards nothing. Only `xmin` is the same for a whole transaction.
pub(crate) fn moved<DB, M>(
    row: &M,
    expected: &M::Version,
    next: &M::Version,
    in_transaction: bool,
) -> Result<(), Error>
where
    DB: Backend,
    M: Columns<DB>,
{
    if next == expected && !(in_transaction && is_xmin::<M::Version>()) {
        return Err(VersionError::new(format!(
            "the database has left row {} of `{}` at version {expected:?}: create the trigger that moves it on with every \
             UPDATE (on MySQL a column with ON UPDATE CURRENT_TIMESTAMP stays where nothing else changes, and needs it as well), \
             and roll this one back",
            key_text::<DB, M>(row),
            M::table_name()
        ))
        .into());
    }
    Ok(())
}

/// The error for a row that another transaction holds.
pub(crate) fn locked<DB, M>(row: &M) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    LockedError::new(M::table_name(), key_text::<DB, M>(row)).into()
}

/// Classifies a statement that did not match exactly one row, from the row's version as it is now.
///
/// `guarded`: more than key and version was asked for.
pub(crate) fn refused<DB, M>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    rows: usize,
    actual: Result<M::Version, DieselError>,
    guarded: bool,
) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    if rows > 1 {
        return AmbiguousKeyError::new(M::table_name(), key_text::<DB, M>(row), rows).written().into();
    }
    match actual {
        Ok(actual) if guarded && actual == *expected => {
            GuardError::new(operation, M::table_name(), key_text::<DB, M>(row)).into()
        }
        actual => stale_or::<DB, M>(operation, row, expected, actual),
    }
}

/// The error for a version that was handed over and is not the value's. Only a value that was read at the version that the
/// row is to be at may replace it: what it does not change is of that version too.
pub(crate) fn read_at_another_version<DB, M>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    actual: Result<M::Version, DieselError>,
) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    match actual {
        // The row is at the version that was handed over, so it is the value that is behind.
        Ok(actual) if actual == *expected => stale::<DB, M>(operation, row, row.version(), Some(&actual)),
        actual => stale_or::<DB, M>(operation, row, expected, actual),
    }
}

/// Whether the row is at the version of `row`, given what was read.
pub(crate) fn expect_version<DB, M>(
    operation: Operation,
    row: &M,
    actual: Result<M::Version, DieselError>,
) -> Result<(), Error>
where
    DB: Backend,
    M: Columns<DB>,
{
    match actual {
        Ok(actual) if actual == *row.version() => Ok(()),
        actual => Err(stale_or::<DB, M>(operation, row, row.version(), actual)),
    }
}

/// Several rows, where a query was for one. The query has no name for its row; its caller gives it one.
#[derive(Debug, thiserror::Error)]
#[error("{0} rows have a key that is to be one row's")]
struct Several(usize);

/// The row that a query for one has found. Of several none is taken.
pub(crate) fn only<T>(mut rows: Vec<T>) -> QueryResult<T> {
    match (rows.pop(), rows.len()) {
        (None, _) => Err(DieselError::NotFound),
        (Some(row), 0) => Ok(row),
        (Some(_), others) => Err(DieselError::QueryBuilderError(Box::new(Several(others + 1)))),
    }
}

fn several(error: &DieselError) -> Option<usize> {
    match error {
        DieselError::QueryBuilderError(error) => error.downcast_ref::<Several>().map(|several| several.0),
        _ => None,
    }
}

/// The error for a row that could not be read.
pub(crate) fn unread<DB, M>(row: &M, error: DieselError) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    match several(&error) {
        Some(rows) => ambiguous::<DB, M>(row, rows),
        None => error.into(),
    }
}

/// Whether a query for one row has found it.
pub(crate) fn is_there<T>(found: Result<T, DieselError>) -> Result<bool, DieselError> {
    match found {
        Ok(_) => Ok(true),
        Err(DieselError::NotFound) => Ok(false),
        Err(error) if several(&error).is_some() => Ok(true),
        Err(error) => Err(error),
    }
}

/// The error of a row that was read, and written without a transaction around both, or with the row locked. If it was not
/// written although it is still as it was read, that is not by an old snapshot, and another attempt would end alike.
#[cfg(feature = "retry")]
pub(crate) fn without_snapshot(error: Error) -> Error {
    match error {
        Error::Stale(stale) if stale.is_seen_through_old_snapshot() => {
            GuardError::held_back(stale.operation(), stale.table(), stale.key().to_owned()).into()
        }
        error => error,
    }
}

/// The error for a key that has met several rows, none of which is written.
pub(crate) fn ambiguous<DB, M>(row: &M, rows: usize) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    AmbiguousKeyError::new(M::table_name(), key_text::<DB, M>(row), rows).into()
}

/// The error for a row that is not at `expected`, or the one that reading it has brought.
fn stale_or<DB, M>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    actual: Result<M::Version, DieselError>,
) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    match actual {
        Ok(actual) => stale::<DB, M>(operation, row, expected, Some(&actual)),
        Err(DieselError::NotFound) => stale::<DB, M>(operation, row, expected, None),
        Err(error) => unread::<DB, M>(row, error),
    }
}

/// The error for a row that is at `actual`, or nowhere.
pub(crate) fn stale<DB, M>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    actual: Option<&M::Version>,
) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    let (table, key) = (M::table_name(), key_text::<DB, M>(row));
    let stale = if M::Check::BY_VERSION {
        StaleObjectError::new(operation, table, key, expected, actual)
    } else {
        StaleObjectError::without_version(operation, table, key, actual.is_some())
    };
    trace::conflict(&stale);
    stale.into()
}

pub(crate) fn key_text<DB, M>(row: &M) -> String
where
    DB: Backend,
    M: Columns<DB>,
{
    let prepared = row.prepare();
    let mut text = ValueText::default();
    // The visitor never fails, and a message must not fail either.
    let _ = row.key(&prepared, &mut text);
    text.finish()
}

/// The error for a row of which two sides have made what nobody decides between.
pub(crate) fn unmerged<DB, M>(row: &M, differences: Vec<Difference>) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    UnmergedError::new(M::table_name(), key_text::<DB, M>(row), differences).into()
}
