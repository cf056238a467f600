//! A statement for one row: it is sent, and where it has not matched exactly that row, a look at the row says why.
#![allow(unused_imports, reason = "several rooms name the same, and a wing needs it once")]

pub(crate) use diesel::query_builder::{QueryFragment, QueryId};
pub(crate) use diesel::result::QueryResult;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::one_row::OneRow;
pub(crate) use crate::statement::select::{CurrentVersion, PresentVersion};

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn send_one<S>(
            &self,
            operation: Operation,
            statement: S,
            expected: &M::Version,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            S: OneRow<C::Backend> $(+ $send)?,
        {
            let rows = if M::UNIQUE_KEY {
                $crate::$wing::send::boxed(self.send_in_savepoint(statement, conn))$(.$await)??
            } else {
                $crate::$wing::send::ExecuteDsl::execute(statement, conn)$(.$await)??
            };
            if rows == 1 {
                return Ok(());
            }
            let actual = if S::GUARDS {
                $crate::$wing::send::boxed(self.present(conn))$(.$await)?
            } else {
                $crate::$wing::send::rare_version::<M, _, _>(CurrentVersion::of(self), conn)$(.$await)?
            };
            Err(verdict::refused(operation, self, expected, rows, actual, S::GUARDS))
        }

        /// The version of a row that a guarded statement has not matched. What the transaction goes on seeing may be as it
        /// was expected, and would be taken for the guard's refusal.
        $($async)? fn present(&self, conn: &mut C) -> QueryResult<M::Version> {
            if $crate::$wing::send::depth(conn)? > 0 {
                $crate::$wing::send::rare_version::<M, _, _>(PresentVersion::of(self), conn)$(.$await)?
            } else {
                $crate::$wing::send::rare_version::<M, _, _>(CurrentVersion::of(self), conn)$(.$await)?
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
