//! What the methods do, written once for blocking and for async connections.
//!
//! No operation changes the caller's value before the database has accepted the statement: setting the version is
//! the last step. So a conflict, a database error, a panic or a dropped future leave the value as it was.

use diesel::backend::Backend;

use crate::column::ValueText;
use crate::error::{
    AmbiguousKeyError, Error, GuardError, LockedError, Operation, StaleObjectError, VersionError,
};
use crate::generator::VersionGenerator as _;
use crate::loaded::Check as _;
use crate::model::{Columns, OptimisticLock};
use crate::trace;

/// The bodies of [`LocksOn`](crate::bounds::LocksOn) and of its async twin. `$execute` runs a statement, `$first` a
/// query for one row, `$refused` the same after a refusal, `$all` one for many, `$apart` keeps an operation out of the
/// code of those that do not use it, and `$end` ends a transaction as its outcome says; `[async, await, Send]` turns each
/// body into an `async fn` with a `Send` future.
macro_rules! lock_operations {
    ($execute:path, $first:path, $refused:path, $all:path, $apart:path, $end:path $(, [$async:ident, $await:ident, $send:ident])?) => {
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
            let next = self.put(operation, expected, assignments, conn)$(.$await)??;
            self.set_version(next);
            Ok(())
        }

        $($async)? fn put<A>(
            &self,
            operation: Operation,
            expected: Option<&M::Version>,
            assignments: A,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            if M::Generator::BY_DATABASE {
                return $apart(self.put_generated(operation, expected, assignments, conn))$(.$await)?;
            }
            let expected = expected.unwrap_or_else(|| self.version());
            let next = operation::next_version::<M>(expected)?;
            let rows = $execute(Update::new(self, assignments, Some(&next), Some(expected)), conn)$(.$await)??;
            if rows != 1 {
                let actual = $refused(CurrentVersion::of(self), conn)$(.$await)?;
                return Err(operation::refused::<C::Backend, M>(operation, self, expected, rows, actual, A::GUARDS));
            }
            Ok(next)
        }

        $($async)? fn put_generated<A>(
            &self,
            operation: Operation,
            expected: Option<&M::Version>,
            assignments: A,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            let expected = expected.unwrap_or_else(|| self.version());
            let in_transaction =
                C::TransactionManager::transaction_manager_status_mut(conn).transaction_depth()?.is_some();
            let update = Update::new(self, assignments, None, Some(expected));
            if dialect::sees_triggers_when_returning::<C::Backend>() {
                let mut next: Vec<M::Version> = $all(ReturningVersion(update), conn)$(.$await)??;
                if next.len() != 1 {
                    let actual = $refused(CurrentVersion::of(self), conn)$(.$await)?;
                    return Err(operation::refused::<C::Backend, M>(operation, self, expected, next.len(), actual, A::GUARDS));
                }
                let next = next.swap_remove(0);
                operation::moved::<C::Backend, M>(self, expected, &next, in_transaction)?;
                return Ok(next);
            }
            C::TransactionManager::begin_transaction(conn)$(.$await)??;
            let written = $execute(update, conn)$(.$await)?;
            let outcome = match written {
                Ok(rows) => {
                    let actual = $refused(CurrentVersion::of(self), conn)$(.$await)?;
                    match actual {
                        Ok(next) if rows == 1 => {
                            operation::moved::<C::Backend, M>(self, expected, &next, in_transaction).map(|()| next)
                        }
                        actual => Err(operation::refused::<C::Backend, M>(operation, self, expected, rows, actual, A::GUARDS)),
                    }
                }
                Err(error) => Err(error.into()),
            };
            $end(outcome, conn)$(.$await)?
        }

        $($async)? fn write_changes(
            tracked: &mut Tracked<M>,
            expected: Option<&M::Version>,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            M: Fields,
        {
            let changed = tracked.changed();
            if changed.is_empty() && expected.is_none_or(|expected| expected == tracked.value.version()) {
                return Ok(());
            }
            if M::Check::BY_VERSION {
                let next = tracked.value.put(Operation::Save, expected, changed, conn)$(.$await)??;
                tracked.saved(next);
                return Ok(());
            }
            let guard = AsLoaded::before(&tracked.original, &changed);
            let changes = Guarded { assignments: changed, guard };
            $apart(tracked.value.put_unversioned(changes, conn))$(.$await)??;
            tracked.written();
            Ok(())
        }

        $($async)? fn delete_tracked(tracked: &Tracked<M>, conn: &mut C) -> Result<(), Error>
        where
            M: Fields,
        {
            if M::Check::BY_VERSION {
                return tracked.value.delete(Always, conn)$(.$await)?;
            }
            tracked.original.delete(AsLoaded::whole(&tracked.original), conn)$(.$await)?
        }

        $($async)? fn put_unversioned<A>(&self, assignments: A, conn: &mut C) -> Result<(), Error>
        where
            A: Assignments<M, C::Backend> $(+ $send + Sync)?,
        {
            let update = Update::new(self, assignments, None, None);
            let mut rows = $execute(&update, conn)$(.$await)??;
            if rows == 0 && dialect::may_count_changed_rows::<C::Backend>() {
                rows = $apart(Self::count_matched(&update, conn))$(.$await)??;
            }
            if rows != 1 {
                let actual = $refused(CurrentVersion::of(self), conn)$(.$await)?;
                return Err(operation::refused::<C::Backend, M>(Operation::Save, self, self.version(), rows, actual, false));
            }
            Ok(())
        }

        // No row was changed: how many were matched? The row is locked before it is written once more, since what a look sees
        // without a lock may have come about after the first attempt.
        $($async)? fn count_matched<A>(update: &Update<'_, M, A>, conn: &mut C) -> Result<usize, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send + Sync)?,
        {
            let seen: Vec<M::Version> = $all(Matched::<_, _, false>(update), conn)$(.$await)??;
            if seen.is_empty() {
                return Ok(0);
            }
            C::TransactionManager::begin_transaction(conn)$(.$await)??;
            let locked: QueryResult<Vec<M::Version>> = $all(Matched::<_, _, true>(update), conn)$(.$await)?;
            let outcome = match locked {
                Ok(rows) if rows.len() == 1 => $execute(update, conn)$(.$await)?.map(|_| 1),
                Ok(rows) => Ok(rows.len()),
                Err(error) => Err(error),
            };
            $end(outcome.map_err(Error::from), conn)$(.$await)?
        }

        $($async)? fn write_all(rows: &mut [M], conn: &mut C) -> Result<(), Error> {
            all_or_nothing::refuse_duplicates::<C::Backend, M>(rows)?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut versions = None;
            if let Some(form) = Form::to_write::<C::Backend, M>(rows.len()) {
                let next = all_or_nothing::next_versions(rows)?;
                if Self::send(Chunks::of(rows, Some(&next), form)?, conn)$(.$await)?? {
                    versions = Some(next);
                }
            }
            if versions.is_none() {
                C::TransactionManager::begin_transaction(conn)$(.$await)??;
                let mut batch = all_or_nothing::Batch::of(rows.len());
                for row in rows.iter() {
                    let outcome = row.put(Operation::Save, None, WholeRow, conn)$(.$await)?;
                    if batch.ends_with(outcome) {
                        break;
                    }
                }
                versions = Some($end(batch.finish(), conn)$(.$await)??);
            }
            for (row, version) in rows.iter_mut().zip(versions.into_iter().flatten()) {
                row.set_version(version);
            }
            Ok(())
        }

        $($async)? fn delete_all(rows: &[M], conn: &mut C) -> Result<(), Error> {
            all_or_nothing::refuse_duplicates::<C::Backend, M>(rows)?;
            if rows.is_empty() {
                return Ok(());
            }
            if let Some(form) = Form::to_delete::<C::Backend>(rows.len()) {
                if Self::send(Chunks::of(rows, None, form)?, conn)$(.$await)?? {
                    return Ok(());
                }
            }
            C::TransactionManager::begin_transaction(conn)$(.$await)??;
            let mut batch = all_or_nothing::Batch::of(rows.len());
            for row in rows {
                let outcome = row.delete(Always, conn)$(.$await)?;
                if batch.ends_with(outcome) {
                    break;
                }
            }
            $end(batch.finish(), conn)$(.$await)?.map(|_| ())
        }

        $($async)? fn send(chunks: Chunks<'_, M>, conn: &mut C) -> Result<bool, Error> {
            C::TransactionManager::begin_transaction(conn)$(.$await)??;
            let mut sent = Ok(true);
            for chunk in chunks {
                let expected = chunk.len();
                let written = $execute(chunk, conn)$(.$await)?;
                if written != Ok(expected) {
                    sent = all_or_nothing::one_by_one(written);
                    break;
                }
            }
            if let Ok(false) = sent {
                C::TransactionManager::rollback_transaction(conn)$(.$await)??;
                return sent;
            }
            $end(sent, conn)$(.$await)?
        }

        $($async)? fn delete<G>(&self, guard: G, conn: &mut C) -> Result<(), Error>
        where
            G: Guard<C::Backend> $(+ $send)?,
        {
            let expected = self.version();
            let rows = $execute(Delete::new(self, expected, guard), conn)$(.$await)??;
            if rows != 1 {
                let actual = $refused(CurrentVersion::of(self), conn)$(.$await)?;
                return Err(operation::refused::<C::Backend, M>(Operation::Delete, self, expected, rows, actual, G::GUARDS));
            }
            Ok(())
        }

        $($async)? fn verify(&self, conn: &mut C) -> Result<(), Error> {
            match $first(CurrentVersion::of(self), conn)$(.$await)? {
                Ok(actual) if actual == *self.version() => Ok(()),
                actual => Err(operation::refused::<C::Backend, M>(Operation::Verify, self, self.version(), 0, actual, false)),
            }
        }
    };
}

/// The body of [`LocksRowsOn`](crate::bounds::LocksRowsOn) and of its async twin.
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
                actual => Err(operation::refused::<C::Backend, M>(Operation::Lock, self, self.version(), 0, actual, false)),
            }
        }
    };
}

pub(crate) use {lock_operations, row_lock_operations};

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
             UPDATE, and roll this one back",
            key_text::<DB, M>(row),
            M::table_name()
        ))
        .into());
    }
    Ok(())
}

#[cfg_attr(
    not(feature = "postgres"),
    allow(clippy::extra_unused_type_parameters, reason = "which type is asked")
)]
pub(crate) fn is_xmin<V: 'static>() -> bool {
    #[cfg(feature = "postgres")]
    let xmin = std::any::TypeId::of::<V>() == std::any::TypeId::of::<crate::Xmin>();
    #[cfg(not(feature = "postgres"))]
    let xmin = false;
    xmin
}

/// The error for a row that another transaction holds.
pub(crate) fn locked<DB, M>(row: &M) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    LockedError::new(M::table_name(), key_text::<DB, M>(row)).into()
}

/// What the generator makes of `current`. A version that stays would let the next stale copy through.
pub(crate) fn next_version<M: OptimisticLock>(current: &M::Version) -> Result<M::Version, VersionError> {
    let next = M::Generator::next(current)?;
    if next == *current {
        return Err(VersionError::new(format!(
            "the generator `{}` has made version {current:?} of `{}` twice in a row; each version must be a new one",
            std::any::type_name::<M::Generator>(),
            M::table_name()
        )));
    }
    Ok(next)
}

/// Why a statement met `rows` rows instead of one, given what a look at the row brought.
pub(crate) fn refused<DB, M>(
    operation: Operation,
    row: &M,
    expected: &M::Version,
    rows: usize,
    actual: Result<M::Version, diesel::result::Error>,
    guarded: bool,
) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    if rows > 1 {
        return AmbiguousKeyError::new(M::table_name(), key_text::<DB, M>(row), rows).into();
    }
    match actual {
        Ok(actual) if guarded && actual == *expected => {
            GuardError::new(operation, M::table_name(), key_text::<DB, M>(row)).into()
        }
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
    let (table, key) = (M::table_name(), key_text::<DB, M>(row));
    let stale = if M::Check::BY_VERSION {
        let actual = actual.map(|actual| format!("{actual:?}"));
        StaleObjectError::new(operation, table, key, format!("{expected:?}"), actual)
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
