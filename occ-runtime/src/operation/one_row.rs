//! Why a statement for one row has not matched exactly that row: a look at the row says it.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::query_builder::{QueryFragment, QueryId};

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::select::{CurrentVersion, PresentVersion};

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Why a statement has not matched exactly this row. `guarded`: it asked for more than key and version.
        $($async)? fn refusal(
            &self,
            operation: Operation,
            expected: &M::Version,
            rows: usize,
            guarded: bool,
            conn: &mut C,
        ) -> Result<Error, Error> {
            // What a transaction goes on seeing may be as it was expected, and would be taken for the guard's refusal.
            let actual = if guarded && $crate::$wing::send::depth(conn)? > 0 {
                let look = PresentVersion::of(self).for_refusal(operation);
                $crate::$wing::send::rare_version::<M, _, _>(look, conn)$(.$await)?
            } else {
                let look = CurrentVersion::for_refusal(self, operation);
                $crate::$wing::send::rare_version::<M, _, _>(look, conn)$(.$await)?
            };
            Ok(verdict::refused(operation, self, expected, rows, actual, guarded))
        }

        /// Refuses a value that was read at another version than the one that was handed over.
        $($async)? fn refuse_unread(
            &self,
            operation: Operation,
            expected: Option<&M::Version>,
            conn: &mut C,
        ) -> Result<(), Error> {
            match expected {
                Some(expected) if expected != self.version() => {
                    let look = CurrentVersion::of(self);
                    let actual = $crate::$wing::send::rare_version::<M, _, _>(look, conn)$(.$await)?;
                    Err(verdict::read_at_another_version(operation, self, expected, actual))
                }
                _ => Ok(()),
            }
        }

        /// For a key that may not be unique: what has matched several rows has not happened.
        $($async)? fn send_in_savepoint<S>(&self, statement: S, conn: &mut C) -> Result<usize, Error>
        where
            S: QueryFragment<C::Backend> + QueryId $(+ $send)?,
        {
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let sent = match $crate::$wing::send::ExecuteDsl::execute(statement, conn)$(.$await)? {
                Ok(rows) if rows > 1 => Err(verdict::ambiguous(self, rows)),
                Ok(rows) => Ok(rows),
                Err(error) => Err(error.into()),
            };
            $crate::$wing::send::end(sent, begun, conn)$(.$await)?
        }
    };
}

pub(crate) use operations;
