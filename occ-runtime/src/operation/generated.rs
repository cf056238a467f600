//! A write whose version the database makes: by a trigger, a generated column or `xmin`. It is read back, and has to have
//! moved.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::result::Error as DieselError;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
use crate::model::optimistic_lock::OptimisticLock;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::assign::Assignments;
pub(crate) use crate::statement::dialect;
pub(crate) use crate::statement::select::{CurrentVersion, PresentVersion};
pub(crate) use crate::statement::update::{ReturningVersion, Update};
use crate::version::generator::VersionGenerator as _;

/// Whether that takes a statement of its own, so that both are in a transaction.
pub(crate) fn is_read_back<DB: 'static, M: OptimisticLock>() -> bool {
    M::Generator::BY_DATABASE && (M::UNIQUE_KEY || !dialect::sees_triggers_when_returning::<DB>())
}

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn put_generated<A>(
            &self,
            operation: Operation,
            expected: &M::Version,
            assignments: A,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            let in_transaction = $crate::$wing::send::depth(conn)? > 0;
            if !is_read_back::<C::Backend, M>() {
                let returning = ReturningVersion(Update::new(self, assignments, None, Some(expected)));
                let mut next = $crate::$wing::send::versions::<M, _, _>(returning, conn)$(.$await)??;
                if next.len() != 1 {
                    let look = CurrentVersion::for_refusal(self, operation);
                    let actual = $crate::$wing::send::rare_version::<M, _, _>(look, conn)$(.$await)?;
                    return Err(verdict::refused(operation, self, expected, next.len(), actual, A::GUARDS));
                }
                let next = next.swap_remove(0);
                verdict::moved(self, expected, &next, in_transaction)?;
                return Ok(next);
            }
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let outcome = self.put_and_look(operation, expected, assignments, in_transaction, conn)$(.$await)?;
            $crate::$wing::send::end(outcome, begun, conn)$(.$await)?
        }

        /// In a transaction that is rolled back if it fails.
        $($async)? fn put_and_look<A>(
            &self,
            operation: Operation,
            expected: &M::Version,
            assignments: A,
            in_transaction: bool,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            let update = Update::new(self, assignments, None, Some(expected));
            let rows = $crate::$wing::send::ExecuteDsl::execute(update, conn)$(.$await)??;
            self.made(operation, expected, rows, A::GUARDS, in_transaction, conn)$(.$await)?
        }
    };
}

macro_rules! read_back_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Reads the version that the database has made for a row, of which `rows` were written.
        $($async)? fn made(
            &self,
            operation: Operation,
            expected: &M::Version,
            rows: usize,
            guarded: bool,
            in_transaction: bool,
            conn: &mut C,
        ) -> Result<M::Version, Error> {
            let mut actual = if guarded && rows == 0 && in_transaction {
                let look = PresentVersion::of(self).for_refusal(operation);
                $crate::$wing::send::rare_version::<M, _, _>(look, conn)$(.$await)?
            } else {
                // What was written may have been the mark that deletes the row.
                let look =
                    if rows == 0 { CurrentVersion::for_refusal(self, operation) } else { CurrentVersion::of_any(self) };
                $crate::$wing::send::rare_version::<M, _, _>(look, conn)$(.$await)?
            };
            // A server that counts changed rows does not count one that was matched and stayed as it was.
            let is_unchanged = rows == 0
                && !guarded
                && dialect::may_count_changed_rows::<C::Backend>()
                && actual.as_ref().is_ok_and(|actual| actual == expected);
            if is_unchanged {
                actual = $crate::$wing::send::rare_version::<M, _, _>(PresentVersion::of(self), conn)$(.$await)?;
            }
            match actual {
                Ok(next) if rows == 1 || is_unchanged && next == *expected => {
                    verdict::moved(self, expected, &next, in_transaction).map(|()| next)
                }
                Err(DieselError::NotFound) if rows == 1 => Err(verdict::moved_away(self)),
                // Whatever was written is rolled back.
                actual => Err(verdict::refused(operation, self, expected, rows, actual, guarded).rolled_back()),
            }
        }
    };
}

pub(crate) use {operations, read_back_operations};
