//! What is done with a row that is not in memory.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::query_builder::QueryFragment;
pub(crate) use diesel::result::Error as DieselError;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::at::At;
pub(crate) use crate::model::mark::Deletion;
pub(crate) use crate::model::optimistic_lock::next_version;
pub(crate) use crate::model::soft_delete::Rows;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::at::{DeleteAt, KeyedRow, LockAt, UpdateAt, VersionAt};
pub(crate) use crate::statement::dialect;
pub(crate) use crate::statement::lock::{LockMode, RowLocks};
pub(crate) use crate::statement::mark::MarkOf;
pub(crate) use crate::statement::update::ReturningVersion;
pub(crate) use crate::version::generator::VersionGenerator;

macro_rules! writes {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        type Finder = P;

        $($async)? fn put_at<S, const TOUCHES: bool>(
            at: At<M, M::Version, K>,
            changes: S,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            S: QueryFragment<C::Backend> $(+ $send)?,
        {
            let row = KeyedRow::<M, P>::of(at.key);
            Self::put_row_at::<S, TOUCHES>(at::put(TOUCHES), row, at.version, changes, conn)$(.$await)?
        }

        /// A version that occ makes.
        $($async)? fn put_counted_at<S, const TOUCHES: bool>(
            operation: Operation,
            row: &KeyedRow<M, P>,
            expected: &M::Version,
            changes: S,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            S: QueryFragment<C::Backend> $(+ $send)?,
        {
            let next = next_version::<M>(expected)?;
            let update = UpdateAt::<M, P, S, TOUCHES>::new(row, changes, Some(&next), expected);
            let rows = $crate::$wing::send::ExecuteDsl::execute(update, conn)$(.$await)??;
            if rows != 1 {
                return Err(Self::refusal_at(operation, row, expected, rows, conn)$(.$await)?);
            }
            Ok(next)
        }

        /// Why a statement has not matched exactly this row.
        $($async)? fn refusal_at(
            operation: Operation,
            row: &KeyedRow<M, P>,
            expected: &M::Version,
            rows: usize,
            conn: &mut C,
        ) -> Error {
            let actual = $crate::$wing::send::rare_version::<M, _, _>(VersionAt::for_refusal(row, operation), conn)$(.$await)?;
            verdict::refused(operation, row, expected, rows, actual, false)
        }
    };
}

/// What both kinds of versions have, and what undoes a deletion by a mark.
macro_rules! parts {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn put_row_at<S, const TOUCHES: bool>(
            operation: Operation,
            row: KeyedRow<M, P>,
            expected: M::Version,
            changes: S,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            S: QueryFragment<C::Backend> $(+ $send)?,
        {
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let put = if M::Generator::BY_DATABASE {
                let put = Self::put_generated_at::<S, TOUCHES>(operation, &row, &expected, changes, &mut *conn);
                $crate::$wing::send::boxed(put)$(.$await)?
            } else {
                Self::put_counted_at::<S, TOUCHES>(operation, &row, &expected, changes, &mut *conn)$(.$await)?
            };
            conn.land_with(&put);
            put
        }

        $($async)? fn restore_at(at: At<M, M::Version, K>, conn: &mut C) -> Result<M::Version, Error> {
            let Some(mark) = M::made_mark(Deletion::Undone) else {
                return Err(verdict::not_deleted(&KeyedRow::<M, P>::of(at.key)));
            };
            let (row, mark) = (KeyedRow::<M, P>::of(at.key).among(Rows::Deleted), MarkOf::<M>::new(mark));
            Self::put_row_at::<_, false>(Operation::Restore, row, at.version, mark, conn)$(.$await)?
        }
    };
}

/// A version that the database makes, which is read back.
macro_rules! generated {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn put_generated_at<S, const TOUCHES: bool>(
            operation: Operation,
            row: &KeyedRow<M, P>,
            expected: &M::Version,
            changes: S,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            S: QueryFragment<C::Backend> $(+ $send)?,
        {
            let in_transaction = $crate::$wing::send::depth(conn)? > 0;
            let update = UpdateAt::<M, P, S, TOUCHES>::new(row, changes, None, expected);
            if dialect::sees_triggers_when_returning::<C::Backend>() {
                let mut next = $crate::$wing::send::versions::<M, _, _>(ReturningVersion(update), conn)$(.$await)??;
                if next.len() != 1 {
                    return Err(Self::refusal_at(operation, row, expected, next.len(), conn)$(.$await)?);
                }
                let next = next.swap_remove(0);
                return verdict::moved(row, expected, &next, in_transaction).map(|()| next);
            }
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let put = match $crate::$wing::send::ExecuteDsl::execute(update, conn)$(.$await)? {
                Ok(1) => {
                    // What was written may have been the mark that deletes the row.
                    match $crate::$wing::send::rare_version::<M, _, _>(VersionAt::of_any(row), conn)$(.$await)? {
                        Ok(next) => verdict::moved(row, expected, &next, in_transaction).map(|()| next),
                        Err(DieselError::NotFound) => Err(verdict::moved_away(row)),
                        Err(error) => Err(verdict::unread(row, error)),
                    }
                }
                // Whatever was written is rolled back.
                Ok(rows) => {
                    Err(Self::refusal_at(operation, row, expected, rows, conn)$(.$await)?.rolled_back())
                }
                Err(error) => Err(error.into()),
            };
            $crate::$wing::send::end(put, begun, conn)$(.$await)?
        }
    };
}

macro_rules! deletes_and_looks {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn delete_at(at: At<M, M::Version, K>, conn: &mut C) -> Result<(), Error> {
            let (row, expected) = (KeyedRow::<M, P>::of(at.key), at.version);
            if let Some(mark) = M::made_mark(Deletion::Now) {
                let mark = MarkOf::<M>::new(mark);
                let put = Self::put_row_at::<_, false>(Operation::Delete, row, expected, mark, conn);
                return $crate::$wing::send::boxed(put)$(.$await)?.map(drop);
            }
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let delete = DeleteAt::new(&row, &expected);
            let deleted = match $crate::$wing::send::ExecuteDsl::execute(delete, &mut *conn)$(.$await)? {
                Ok(1) => Ok(()),
                Ok(rows) => Err(Self::refusal_at(Operation::Delete, &row, &expected, rows, &mut *conn)$(.$await)?),
                Err(error) => Err(error.into()),
            };
            conn.land_with(&deleted);
            deleted
        }

        $($async)? fn verify_at(at: At<M, M::Version, K>, conn: &mut C) -> Result<(), Error> {
            let row = KeyedRow::<M, P>::of(at.key);
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let seen = $crate::$wing::send::rare_version::<M, _, _>(VersionAt::of(&row), &mut *conn)$(.$await)?;
            conn.land_with(&seen);
            verdict::expect(Operation::Verify, &row, &at.version, seen)
        }

        $($async)? fn lock_at(at: At<M, M::Version, K>, mode: LockMode, conn: &mut C) -> Result<(), Error>
        where
            C::Backend: RowLocks,
        {
            // Outside of a transaction the lock would be gone as soon as it is there.
            if $crate::$wing::send::depth(conn)? == 0 {
                return Err(DieselError::NotInTransaction.into());
            }
            let row = KeyedRow::<M, P>::of(at.key);
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let lock = LockAt::of(&row, mode);
            let seen = $crate::$wing::send::rare_version::<M, _, _>(lock, &mut *conn)$(.$await)?;
            // Skipped, or gone?
            let held = if mode.skips() && seen == Err(DieselError::NotFound) {
                Some($crate::$wing::send::rare_version::<M, _, _>(VersionAt::of(&row), &mut *conn)$(.$await)?)
            } else {
                None
            };
            conn.land_with(held.as_ref().unwrap_or(&seen));
            match held {
                Some(Ok(_)) => Err(verdict::locked(&row)),
                Some(gone) => verdict::expect(Operation::Lock, &row, &at.version, gone),
                None => verdict::expect(Operation::Lock, &row, &at.version, seen),
            }
        }
    };
}

/// What is done where there are changes, or none.
pub(crate) const fn put(touches: bool) -> Operation {
    if touches { Operation::Touch } else { Operation::Update }
}

pub(crate) use {deletes_and_looks, generated, parts, writes};
