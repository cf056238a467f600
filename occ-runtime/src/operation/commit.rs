//! The end of a transaction that a write has begun for itself. Where the answer to its `COMMIT` is lost, it is known what it was to
//! make of the rows.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::error::Error;
pub(crate) use crate::transaction::unanswered::Unanswered;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Commits, or rolls back what has failed: the versions that the rows have then, and whatever else has come of it.
        $($async)? fn commit<T, N>(
            rows: &[M],
            made: Result<(T, N), Error>,
            begun: u32,
            conn: &mut C,
        ) -> Result<(T, N), Error>
        where
            $(T: $send,)?
            N: IntoIterator<Item = M::Version> + Default $(+ $send)?,
        {
            let (made, sent) = match made {
                Ok((made, next)) => (made, Unanswered::of(rows, next)),
                Err(error) => return $crate::$wing::send::end(Err(error), begun, conn)$(.$await)?,
            };
            match $crate::$wing::send::end(Ok::<_, Error>(()), begun, conn)$(.$await)? {
                Ok(()) => Ok((made, sent.answered())),
                Err(error) => Err(sent.ended_by(error)),
            }
        }
    };
}

pub(crate) use operations;
