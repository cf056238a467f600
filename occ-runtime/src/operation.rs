//! What the methods do, written once for blocking and for async connections.
//!
//! No operation changes the caller's value before the database has accepted the statement: setting the version is
//! the last step. So a conflict, a database error, a panic or a dropped future leave the value as it was.

use diesel::backend::Backend;

use crate::column::ValueText;
use crate::error::{AmbiguousKeyError, Error, LockedError, Operation, StaleObjectError};
use crate::model::Columns;

/// The bodies of [`LocksOn`](crate::methods::LocksOn) and of its async twin. `$execute` runs a statement,
/// `$first` a query for one row; `[async, await, Send]` turns each body into an `async fn` with a `Send` future.
macro_rules! lock_operations {
    ($execute:path, $first:path $(, [$async:ident, $await:ident, $send:ident])?) => {
        $($async)? fn write<A>(
            &mut self,
            operation: Operation,
            expected: Option<&M::Version>,
            assignments: A,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            let row = &*self;
            let expected = expected.unwrap_or_else(|| row.version());
            let next = M::Generator::next(expected)?;
            let rows = $execute(Update::new(row, assignments, &next, expected), conn)$(.$await)??;
            if rows != 1 {
                let actual = $first(CurrentVersion::of(row), conn)$(.$await)?;
                return Err(operation::refused::<C::Backend, M>(operation, row, expected, rows, actual));
            }
            self.set_version(next);
            Ok(())
        }

        $($async)? fn delete(&self, conn: &mut C) -> Result<(), Error> {
            let expected = self.version();
            let rows = $execute(Delete::new(self, expected), conn)$(.$await)??;
            if rows != 1 {
                let actual = $first(CurrentVersion::of(self), conn)$(.$await)?;
                return Err(operation::refused::<C::Backend, M>(Operation::Delete, self, expected, rows, actual));
            }
            Ok(())
        }

        $($async)? fn verify(&self, conn: &mut C) -> Result<(), Error> {
            match $first(CurrentVersion::of(self), conn)$(.$await)? {
                Ok(actual) if actual == *self.version() => Ok(()),
                actual => Err(operation::refused::<C::Backend, M>(Operation::Verify, self, self.version(), 0, actual)),
            }
        }
    };
}

/// The body of [`LoadsOn`](crate::methods::LoadsOn) and of its async twin.
macro_rules! load_operations {
    ($first:path $(, [$async:ident, $await:ident])?) => {
        $($async)? fn read(&mut self, conn: &mut C) -> Result<(), Error> {
            match $first(CurrentRow::<M, C::Backend>::of(self), conn)$(.$await)? {
                Ok(current) => {
                    *self = current;
                    Ok(())
                }
                Err(diesel::result::Error::NotFound) => {
                    Err(operation::stale::<C::Backend, M>(Operation::Reload, self, self.version(), None))
                }
                Err(error) => Err(error.into()),
            }
        }
    };
}

/// The body of [`LocksRowsOn`](crate::methods::LocksRowsOn) and of its async twin.
macro_rules! row_lock_operations {
    ($first:path $(, [$async:ident, $await:ident])?) => {
        $($async)? fn lock(&self, mode: LockMode, conn: &mut C) -> Result<(), Error> {
            // Outside of a transaction the lock would be gone as soon as it is there.
            if C::TransactionManager::transaction_manager_status_mut(conn).transaction_depth()?.is_none() {
                return Err(diesel::result::Error::NotInTransaction.into());
            }
            let mut actual = $first(LockVersion::of(self, mode), conn)$(.$await)?;
            if mode.skips() && actual == Err(diesel::result::Error::NotFound) {
                actual = $first(CurrentVersion::of(self), conn)$(.$await)?;
                if actual.is_ok() {
                    return Err(operation::locked::<C::Backend, M>(self));
                }
            }
            match actual {
                Ok(actual) if actual == *self.version() => Ok(()),
                actual => Err(operation::refused::<C::Backend, M>(Operation::Lock, self, self.version(), 0, actual)),
            }
        }
    };
}

pub(crate) use {load_operations, lock_operations, row_lock_operations};

/// The error for a row that another transaction holds.
pub(crate) fn locked<DB, M>(row: &M) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    LockedError::new(M::table_name(), key_text::<DB, M>(row)).into()
}

/// Why a statement met `rows` rows instead of one, given what a look at the row brought.
pub(crate) fn refused<DB, M>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    rows: usize,
    actual: Result<M::Version, diesel::result::Error>,
) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    if rows > 1 {
        return AmbiguousKeyError::new(M::table_name(), key_text::<DB, M>(row), rows).into();
    }
    match actual {
        Ok(actual) => stale::<DB, M>(operation, row, expected, Some(&actual)),
        Err(diesel::result::Error::NotFound) => stale::<DB, M>(operation, row, expected, None),
        Err(error) => error.into(),
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
    StaleObjectError::new(
        operation,
        M::table_name(),
        key_text::<DB, M>(row),
        format!("{expected:?}"),
        actual.map(|actual| format!("{actual:?}")),
    )
    .into()
}

fn key_text<DB, M>(row: &M) -> String
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
