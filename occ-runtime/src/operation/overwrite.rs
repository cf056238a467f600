//! A save of a row that may be at any version.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::result::Error as DieselError;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::assign::WholeRow;
pub(crate) use crate::transaction::journal;
pub(crate) use crate::transaction::unanswered::Unanswered;

/// How often a row is read anew that others were first to write, before their being first is an error. Each time somebody has come
/// further, so it is seldom done twice.
pub(crate) const ROUNDS: u32 = 100;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn overwrite(&mut self, conn: &mut C) -> Result<M, Error> {
            let sent = Unanswered::of_new_thing(&*self);
            let written = match $crate::$wing::send::InFlight::begin(conn) {
                Ok(mut conn) => {
                    let written = if M::locks_row() {
                        self.overwrite_locked(&mut *conn)$(.$await)?
                    } else {
                        self.overwrite_unlocked(&mut *conn)$(.$await)?
                    };
                    conn.land_with(&written);
                    written
                }
                Err(error) => Err(error.into()),
            };
            let (theirs, next) = sent.ended(written)?;
            verdict::overwritten(self, theirs.version(), &next);
            journal::made(self, next);
            Ok(theirs)
        }

        $($async)? fn overwrite_locked(&self, conn: &mut C) -> Result<(M, M::Version), Error> {
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let written = self.read_and_put(conn)$(.$await)?;
            let written = written
                .map(|(theirs, next)| (theirs, Unanswered::of_new(std::slice::from_ref(self), Some(next))));
            let (theirs, next) = Self::commit(written, begun, conn)$(.$await)??;
            Ok((theirs, next.ok_or(DieselError::NotFound)?))
        }

        /// Where rows have no locks: SQLite refuses the write of a transaction that has read before another one's write, and without
        /// one it waits.
        $($async)? fn overwrite_unlocked(&self, conn: &mut C) -> Result<(M, M::Version), Error> {
            let mut round = 1;
            loop {
                match self.read_and_put(conn)$(.$await)? {
                    Err(Error::Stale(stale)) if round < overwrite::ROUNDS && stale.is_moved() => round += 1,
                    written => return written,
                }
            }
        }

        /// What was there, and the version that it has now.
        $($async)? fn read_and_put(&self, conn: &mut C) -> Result<(M, M::Version), Error> {
            let theirs = M::now_locked(self, conn)$(.$await)??.present(Operation::Overwrite, self)?;
            let next = self.put(Operation::Overwrite, theirs.version(), WholeRow, conn)$(.$await)??;
            Ok((theirs, next))
        }
    };
}

pub(crate) use operations;
