//! The end of a transaction that a write has begun for itself, well or not. Where the answer to its `COMMIT` is lost, it is known what it was to
//! make of the rows.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::result::QueryResult;

pub(crate) use crate::error::Error;
pub(crate) use crate::operation::rows::one_by_one;
pub(crate) use crate::transaction::unanswered::Unanswered;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Commits, or rolls back what has failed: the versions that the rows have then, and whatever else has come of it.
        $($async)? fn commit<T, N>(
            made: Result<(T, Unanswered<'_, M, N>), Error>,
            begun: u32,
            conn: &mut C,
        ) -> Result<(T, N), Error>
        where
            $(T: $send,)?
            N: IntoIterator<Item = M::Version> + Default $(+ $send)?,
        {
            let (made, sent) = match made {
                Ok(made) => made,
                Err(error) => return $crate::$wing::send::end(Err(error), begun, conn)$(.$await)?,
            };
            match $crate::$wing::send::end(Ok::<_, Error>(()), begun, conn)$(.$await)? {
                Ok(()) => Ok((made, sent.answered())),
                Err(error) => Err(sent.ended_by(error)),
            }
        }

        /// After a statement that has not written all of its rows, or was refused. `None`: what it has written is rolled back, and the rows are
        /// to be sent one by one.
        $($async)? fn roll_back_together(
            written: QueryResult<usize>,
            sent: Unanswered<'_, M, Vec<M::Version>>,
            begun: u32,
            conn: &mut C,
        ) -> Result<Option<Vec<M::Version>>, Error> {
            match one_by_one(written) {
                // Why the rows do not go together is of interest only where they cannot be tried one by one either.
                Ok(why) => {
                    sent.answered();
                    match $crate::$wing::send::roll_back(begun, conn)$(.$await)? {
                        Ok(()) => Ok(None),
                        Err(rollback) => Err(why.unwrap_or(rollback).into()),
                    }
                }
                Err(error) => $crate::$wing::send::end(Err(sent.ended_by(error)), begun, conn)$(.$await)?,
            }
        }
    };
}

pub(crate) use operations;
