//! What a statement has come to: the version that it made, or why it is refused.

use diesel::result::{DatabaseErrorKind, Error as DieselError, OptionalExtension as _, QueryResult};

use crate::error::classify::connection_is_lost;
use crate::error::exists::ExistsError;
use crate::error::refused::{AmbiguousKeyError, GuardError, LockedError, VersionError};
use crate::error::stale::{Operation, StaleObjectError};
use crate::error::transient::Transient;
use crate::error::unmerged::Difference;
use crate::error::unmerged::UnmergedError;
use crate::error::{Error, trace};
use crate::model::check::Check as _;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::named::{Named, key_text};
use crate::statement::dialect;
use crate::version::database::is_xmin;

type VersionOf<R> = <<R as Named>::Model as OptimisticLock>::Version;

fn table_name<R: Named>() -> &'static str {
    R::Model::table_name()
}

/// Fails if a version that the database makes is unchanged after the write: it would guard nothing. Only `xmin` is the same for a whole transaction.
pub(crate) fn moved<R: Named>(
    row: &R,
    expected: &VersionOf<R>,
    next: &VersionOf<R>,
    in_transaction: bool,
) -> Result<(), Error> {
    if next == expected && !(in_transaction && is_xmin::<VersionOf<R>>()) {
        return Err(VersionError::new(format!(
            "the database has left row {} of `{}` at version {expected:?}: create the trigger that moves it on with every \
             UPDATE (on MySQL a column with ON UPDATE CURRENT_TIMESTAMP stays where nothing else changes, and needs it as well), \
             and roll this one back",
            row.key_text(),
            table_name::<R>()
        ))
        .into());
    }
    Ok(())
}

/// The error for a row that was updated, and is not found by its key afterwards. The update is rolled back.
pub(crate) fn moved_away<R: Named>(row: &R) -> Error {
    let what = format!(
        "row {} of `{}` is not to be found by its key after the update, so nothing is written: if the changes set the key, rename the \
         row with an `update` of Diesel's, and load it by its new one; else a row policy or a view hides what the row would be",
        row.key_text(),
        table_name::<R>()
    );
    DieselError::QueryBuilderError(what.into()).into()
}

/// The error for a row that another transaction holds.
pub(crate) fn locked<R: Named>(row: &R) -> Error {
    LockedError::new(table_name::<R>(), row.key_text()).into()
}

/// The error for a row that is to be restored, and is not deleted.
pub(crate) fn not_deleted<R: Named>(row: &R) -> Error {
    GuardError::not_deleted(table_name::<R>(), row.key_text()).into()
}

/// Classifies a statement that did not match exactly one row, from the row's version as it is now.
///
/// `guarded`: more than key and version was asked for.
pub(crate) fn refused<R: Named>(
    operation: Operation,
    row: &R,
    expected: &VersionOf<R>,
    rows: usize,
    actual: Result<VersionOf<R>, DieselError>,
    guarded: bool,
) -> Error {
    if rows > 1 {
        return AmbiguousKeyError::new(table_name::<R>(), row.key_text(), rows).written().into();
    }
    match actual {
        Ok(actual) if operation == Operation::Restore && actual == *expected => not_deleted(row),
        Ok(actual) if guarded && actual == *expected => {
            GuardError::new(operation, table_name::<R>(), row.key_text()).into()
        }
        actual => stale_or(operation, row, expected, actual),
    }
}

/// The error for a row of which nobody asks why it was not written.
#[cfg(feature = "retry")]
pub(crate) fn lost<M: OptimisticLock>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    rows: usize,
) -> Error {
    if rows > 1 {
        return AmbiguousKeyError::new(M::table_name(), key_text(row), rows).written().into();
    }
    let stale = StaleObjectError::unasked(operation, M::table_name(), key_text(row), expected);
    trace::conflict(&stale);
    stale.into()
}

/// Tells that the row was at the version `theirs`, and is at `next` with the values of `mine`.
pub(crate) fn overwritten<M: OptimisticLock>(mine: &M, theirs: &M::Version, next: &M::Version) {
    trace::overwrite(M::table_name(), &|| key_text(mine), mine.version(), theirs, next);
}

/// The error for a version that was handed over and is not the value's. Only a value that was read at the version that the
/// row is to be at may replace it: what it does not change is of that version too.
pub(crate) fn read_at_another_version<M: OptimisticLock>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    actual: Result<M::Version, DieselError>,
) -> Error {
    match actual {
        // The row is at the version that was handed over, so it is the value that is behind.
        Ok(actual) if actual == *expected => stale(operation, row, row.version(), Some(&actual)),
        actual => stale_or(operation, row, expected, actual),
    }
}

/// Whether the row is at the version of `row`, given what was read.
pub(crate) fn expect_version<M: OptimisticLock>(
    operation: Operation,
    row: &M,
    actual: Result<M::Version, DieselError>,
) -> Result<(), Error> {
    expect(operation, row, row.version(), actual)
}

/// Whether the row is at `expected`, given what was read.
pub(crate) fn expect<R: Named>(
    operation: Operation,
    row: &R,
    expected: &VersionOf<R>,
    actual: Result<VersionOf<R>, DieselError>,
) -> Result<(), Error> {
    match actual {
        Ok(actual) if actual == *expected => Ok(()),
        actual => Err(stale_or(operation, row, expected, actual)),
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
pub(crate) fn unread<R: Named>(row: &R, error: DieselError) -> Error {
    match several(&error) {
        Some(rows) => ambiguous(row, rows),
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
        Error::Stale(stale) if stale.is_from_old_snapshot() => {
            GuardError::held_back(stale.operation(), stale.table(), stale.key().to_owned()).into()
        }
        error => error,
    }
}

/// The error for a key that matched several rows, none of which is written.
pub(crate) fn ambiguous<R: Named>(row: &R, rows: usize) -> Error {
    AmbiguousKeyError::new(table_name::<R>(), row.key_text(), rows).into()
}

/// The error for a row that is not at `expected`, or the one that reading it has brought.
fn stale_or<R: Named>(
    operation: Operation,
    row: &R,
    expected: &VersionOf<R>,
    actual: Result<VersionOf<R>, DieselError>,
) -> Error {
    match actual {
        Ok(actual) => stale(operation, row, expected, Some(&actual)),
        Err(DieselError::NotFound) => stale(operation, row, expected, None),
        Err(error) => unread(row, error),
    }
}

/// The error for a row that is at `actual`, or nowhere.
pub(crate) fn stale<R: Named>(
    operation: Operation,
    row: &R,
    expected: &VersionOf<R>,
    actual: Option<&VersionOf<R>>,
) -> Error {
    let stale = not_at(operation, row, expected, actual);
    trace::conflict(&stale);
    stale.into()
}

fn not_at<R: Named>(
    operation: Operation,
    row: &R,
    expected: &VersionOf<R>,
    actual: Option<&VersionOf<R>>,
) -> StaleObjectError {
    let (table, key) = (table_name::<R>(), row.key_text());
    if <R::Model as OptimisticLock>::Check::BY_VERSION {
        StaleObjectError::new(operation, table, key, expected, actual)
    } else {
        StaleObjectError::without_version(operation, table, key, actual.is_some())
    }
}

/// The error for a row that was to be new, from what was found of it.
pub(crate) fn exists<M: OptimisticLock>(operation: Operation, row: &M, actual: Option<&M::Version>) -> Error {
    let exists = ExistsError::new(operation, M::table_name(), key_text(row), actual);
    trace::exists(&exists);
    exists.into()
}

/// What keeps a row from being made: `refused` is the database's error, if it is one, and `actual` the version that a look at the key
/// has brought. An error that is not by the key is the database's own.
pub(crate) fn taken<M: OptimisticLock>(
    operation: Operation,
    row: &M,
    refused: Option<DieselError>,
    actual: Result<M::Version, DieselError>,
) -> Error {
    match (actual, refused) {
        (Ok(actual), _) => exists(operation, row, Some(&actual)),
        (Err(look), Some(refused)) if is_still_first(&look) => refused.into(),
        (Err(DieselError::NotFound), None) => exists(operation, row, None),
        (Err(error), _) => unread(row, error),
    }
}

/// Whether the database's own error is still what is to be known after a look at the key: not if the look has ended in a deadlock, a
/// lock that was not to be had or a lost connection, of which a caller must hear. In a transaction that PostgreSQL has
/// aborted a look fails as well, by what came first.
fn is_still_first(look: &DieselError) -> bool {
    Transient::of(look).is_none() && !connection_is_lost(look)
}

/// Whether what an `INSERT` was refused for cannot be that its key is taken. `depth` is that of the transaction.
pub(crate) fn is_not_by_key<DB: 'static>(refused: &DieselError, depth: &QueryResult<u32>) -> bool {
    match refused {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            dialect::is_violation_of_another_index::<DB>() && *depth != Ok(0)
        }
        _ => true,
    }
}

/// What keeps a row from being made that nobody names but by its key, when the look at that has failed.
pub(crate) fn not_found_taken(refused: Option<DieselError>, look: DieselError) -> Error {
    match refused {
        Some(refused) if is_still_first(&look) => refused.into(),
        _ => look.into(),
    }
}

/// Whether a row that may be there or not was there for one of our statements and not for the next one, so that they may do better when they
/// are sent again: for the `round`th time.
pub(crate) fn comes_and_goes<DB: 'static>(error: &Error, round: u32) -> bool {
    match error {
        // In the last case none was made, and none is there.
        Error::Stale(_) | Error::Exists(_) | Error::Database(DieselError::NotFound) => round < MANY_ROUNDS,
        // Of the key, and somebody has deleted the row since; or of another index.
        Error::Database(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            round < FEW_ROUNDS && dialect::may_violate_key::<DB>()
        }
        _ => false,
    }
}

/// Each time others were there twice, so it is seldom done twice.
const MANY_ROUNDS: u32 = 100;
const FEW_ROUNDS: u32 = 3;

/// The error of a write of whatever is there, for a row that comes and goes all the time.
pub(crate) fn lost_to_others(error: Error) -> Error {
    match error {
        Error::Exists(exists) => exists.that_comes_and_goes().into(),
        error => error,
    }
}

/// Why a value is refused that was last written or read in a transaction whose end nobody knows.
pub(crate) fn refused_unsettled<M: OptimisticLock>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    actual: Result<M::Version, DieselError>,
) -> Error {
    match actual.optional() {
        Ok(actual) => unsettled(operation, row, expected, actual.as_ref()),
        Err(error) => unread(row, error),
    }
}

/// The error for such a value, wherever the row is: another attempt with the same value would end alike.
pub(crate) fn unsettled<M: OptimisticLock>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    actual: Option<&M::Version>,
) -> Error {
    let stale = if actual == Some(expected) {
        let version = Some(expected).filter(|_| M::Check::BY_VERSION);
        StaleObjectError::unsettled(operation, M::table_name(), key_text(row), version)
    } else {
        not_at(operation, row, expected, actual).of_unsettled()
    };
    trace::conflict(&stale);
    stale.into()
}

/// The error for a row of which two sides have made what nobody decides between.
pub(crate) fn unmerged<M: OptimisticLock>(row: &M, differences: Vec<Difference>) -> Error {
    UnmergedError::new(M::table_name(), key_text(row), differences).into()
}

#[cfg(test)]
mod tests {
    use super::{DieselError, is_there, only};

    #[test]
    fn of_several_rows_none_is_taken_and_yet_they_are_there() {
        assert_eq!(only(vec![7]).unwrap(), 7);
        assert!(matches!(only(Vec::<i32>::new()), Err(DieselError::NotFound)));
        assert_eq!(only(vec![7, 8]).unwrap_err().to_string(), only(vec![1, 2]).unwrap_err().to_string());
        assert!(is_there(only(vec![7])).unwrap());
        assert!(is_there(only(vec![7, 8])).unwrap());
        assert!(!is_there(only(Vec::<i32>::new())).unwrap());
        assert!(is_there(Err::<(), _>(DieselError::NotInTransaction)).is_err());
    }
}
