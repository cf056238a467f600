//! A connection that an operation is under way on.
//!
//! An operation that does not come to its end, since its future is dropped or something panics in it, leaves the
//! connection in a state that nobody knows: with an answer that is still to be read, or in a transaction that nobody
//! will commit. What is sent next would take that answer for its own, or vanish with the transaction, and look like a
//! success. So each operation holds one of these guards until it has landed, and begins with the question whether the
//! one before it has.
//!
//! Blocking code has read its answers when it panics, so there the open transactions are rolled back. Of a dropped
//! future nobody knows what it has read: its connection is marked, with the mark that Diesel's transaction manager has
//! for it, which pools look at and every later operation refuses
//! ([`needs_new_connection`](crate::Error::needs_new_connection)).

use std::num::NonZeroU32;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::connection::{Connection, TransactionManager as _};
use diesel::result::{Error as DieselError, QueryResult};

use crate::error::classify::ends_transaction;
use crate::error::{Error, aborted, trace};
use crate::transaction::journal;
use crate::transaction::journal::Ending;

/// A blocking connection that an operation is under way on.
pub(crate) struct InFlight<'c, C: Connection> {
    conn: &'c mut C,
    depth: u32,
    landed: bool,
}

impl<'c, C: Connection> InFlight<'c, C> {
    /// How a transaction ends in which something panics.
    pub(crate) const IF_DROPPED: Ending = Ending::RolledBack;

    /// Refuses a connection that an earlier operation has not landed on.
    pub(crate) fn begin(conn: &'c mut C) -> QueryResult<Self> {
        let depth = depth(conn)?;
        refuse_what_is_over(conn)?;
        Ok(Self { conn, depth, landed: false })
    }

    /// The operation is over, well or not: nothing of it is left on the connection.
    pub(crate) fn land(mut self) {
        self.landed = true;
    }

    /// The same, where it has come to this.
    pub(crate) fn land_with<T, E: Cause>(self, outcome: &Result<T, E>) {
        note_what_is_over(self.conn, outcome);
        self.land();
    }
}

impl<C: Connection> Drop for InFlight<'_, C> {
    fn drop(&mut self) {
        if self.landed {
            return;
        }
        // A panic in here would end the program.
        let rolled_back = catch_unwind(AssertUnwindSafe(|| roll_back(self.depth, self.conn)));
        if !matches!(rolled_back, Ok(Ok(()))) {
            let _ = catch_unwind(AssertUnwindSafe(|| {
                C::TransactionManager::transaction_manager_status_mut(self.conn).set_in_error();
            }));
        }
    }
}

impl<C: Connection> Deref for InFlight<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.conn
    }
}

impl<C: Connection> DerefMut for InFlight<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.conn
    }
}

/// An error that may be what the database has said.
pub(crate) trait Cause {
    fn cause(&self) -> Option<&DieselError>;
}

impl Cause for DieselError {
    fn cause(&self) -> Option<&DieselError> {
        Some(self)
    }
}

impl Cause for Error {
    fn cause(&self) -> Option<&DieselError> {
        if let Self::Database(error) = self { Some(error) } else { None }
    }
}

/// The server may have ended the transaction of a closure with an error, which the closure may ignore.
fn note_what_is_over<C, T, E: Cause>(conn: &C, outcome: &Result<T, E>) {
    let Err(error) = outcome else { return };
    if error.cause().is_some_and(ends_transaction) {
        journal::is_over_on(conn);
    }
}

/// Once the server has ended the transaction of a closure, what that sends would commit by itself.
fn refuse_what_is_over<C>(conn: &C) -> QueryResult<()> {
    if journal::was_over_on(conn) {
        return Err(aborted(DieselError::NotInTransaction));
    }
    Ok(())
}

/// How many transactions are open within each other.
pub(crate) fn depth<C: Connection>(conn: &mut C) -> QueryResult<u32> {
    count(C::TransactionManager::transaction_manager_status_mut(conn).transaction_depth())
}

fn count(depth: QueryResult<Option<NonZeroU32>>) -> QueryResult<u32> {
    Ok(depth?.map_or(0, NonZeroU32::get))
}

/// What SQLite answers to a ROLLBACK after it has ended the transaction by itself: there is nothing left to roll back.
fn says_there_is_no_transaction(error: &DieselError) -> bool {
    matches!(
        error,
        DieselError::DatabaseError(_, information)
            if information.message() == "cannot rollback - no transaction is active"
    )
}

/// The body of [`roll_back`] and of its async twin: `$depth` counts transactions.
macro_rules! roll_back {
    ($target:ident, $conn:ident, $depth:path $(, $await:ident)?) => {{
        let mut outcome = Ok(());
        let mut open = $depth($conn)?;
        while open > $target {
            if let Err(error) = C::TransactionManager::rollback_transaction($conn)$(.$await)? {
                if open == 1 && says_there_is_no_transaction(&error) {
                    // Diesel gives the connection up here, and it is as good as new.
                    *C::TransactionManager::transaction_manager_status_mut($conn) = Default::default();
                    return outcome;
                }
                trace::rollback_failed(&error);
                if open > 1 && $target > 0 {
                    journal::is_over_on($conn);
                }
                outcome = outcome.and(Err(error));
            } else if open == $target + 1 && open > 1 && journal::runs_on($conn) {
                // Diesel takes a savepoint that is gone for rolled back, after an error that may have ended the whole transaction. It
                // is still to be released, if that is there.
                let release = format!("RELEASE SAVEPOINT diesel_savepoint_{}", open - 1);
                if $conn.batch_execute(&release)$(.$await)?.is_err() {
                    journal::is_over_on($conn);
                }
            }
            let left = $depth($conn)?;
            if left >= open {
                C::TransactionManager::transaction_manager_status_mut($conn).set_in_error();
                return outcome.and(Err(DieselError::BrokenTransactionManager));
            }
            open = left;
        }
        outcome
    }};
}

/// Rolls back until no more than `target` transactions are open; the first error of that.
pub(crate) fn roll_back<C: Connection>(target: u32, conn: &mut C) -> QueryResult<()> {
    roll_back!(target, conn, depth)
}

#[cfg(feature = "async")]
pub(crate) use waiting::{AsyncInFlight, async_depth, async_roll_back};

#[cfg(feature = "async")]
mod waiting {
    use std::future::Future;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake, Waker};
    use std::thread::{self, Thread};
    use std::time::Duration;

    use diesel_async::{AsyncConnection, TransactionManager as _};

    use super::{
        AssertUnwindSafe, Cause, Deref, DerefMut, DieselError, Ending, QueryResult, catch_unwind, count,
        journal, note_what_is_over, refuse_what_is_over, says_there_is_no_transaction, trace,
    };

    /// About two seconds of them.
    const MOST_FAILURES: u32 = 200;

    /// An async connection that an operation is under way on.
    pub(crate) struct AsyncInFlight<'c, C: AsyncConnection> {
        conn: &'c mut C,
        landed: bool,
    }

    impl<'c, C: AsyncConnection> AsyncInFlight<'c, C> {
        /// How a transaction ends whose future is dropped: its `COMMIT` may have been sent.
        pub(crate) const IF_DROPPED: Ending = Ending::Unknown;

        /// Refuses a connection that an earlier operation has not landed on.
        pub(crate) fn begin(conn: &'c mut C) -> QueryResult<Self> {
            async_depth(conn)?;
            refuse_what_was_broken_off(conn)?;
            refuse_what_is_over(conn)?;
            Ok(Self { conn, landed: false })
        }

        /// The operation is over, well or not: nothing of it is left on the connection.
        pub(crate) fn land(mut self) {
            self.landed = true;
        }

        /// The same, where it has come to this.
        pub(crate) fn land_with<T, E: Cause>(self, outcome: &Result<T, E>) {
            note_what_is_over(self.conn, outcome);
            self.land();
        }
    }

    impl<C: AsyncConnection> Drop for AsyncInFlight<'_, C> {
        fn drop(&mut self) {
            if self.landed {
                return;
            }
            // A blocking connection that is wrapped cannot be marked while a thread has it, nor after a panic in its lock. The
            // lock is as new when it has answered something else; but the thread of the dropped statement may come to the lock
            // after that, or still be about to let go. An unmarked connection would take what follows into a transaction that
            // nobody commits. So this waits for the statement, however long that takes, as blocking code does. It ends where nothing
            // can be sent any more, as after the end of the runtime: then there is nothing to be refused.
            let mut pause = Duration::from_micros(50);
            let mut failures = 0;
            while !mark(self.conn) && failures < MOST_FAILURES {
                let sent = catch_unwind(AssertUnwindSafe(|| wait_for(self.conn.batch_execute("SELECT 1"))));
                failures += u32::from(!matches!(sent, Ok(Ok(()))));
                thread::sleep(pause);
                pause = (2 * pause).min(Duration::from_millis(10));
            }
        }
    }

    impl<C: AsyncConnection> Deref for AsyncInFlight<'_, C> {
        type Target = C;

        fn deref(&self) -> &C {
            self.conn
        }
    }

    impl<C: AsyncConnection> DerefMut for AsyncInFlight<'_, C> {
        fn deref_mut(&mut self) -> &mut C {
            self.conn
        }
    }

    /// After a `BEGIN` or `COMMIT` of diesel-async's that was dropped nobody knows what is open. diesel-async would panic at the next
    /// one, or take a savepoint for one within a transaction that is over.
    fn refuse_what_was_broken_off<C: AsyncConnection>(conn: &mut C) -> QueryResult<()> {
        let was_broken_off = catch_unwind(AssertUnwindSafe(|| {
            // An open transaction counts as broken too, and is not meant.
            let status = std::mem::take(C::TransactionManager::transaction_manager_status_mut(conn));
            let broken =
                catch_unwind(AssertUnwindSafe(|| C::TransactionManager::is_broken_transaction_manager(conn)));
            *C::TransactionManager::transaction_manager_status_mut(conn) = status;
            broken.unwrap_or(true)
        }));
        if was_broken_off.unwrap_or(true) {
            mark(conn);
            return Err(DieselError::BrokenTransactionManager);
        }
        Ok(())
    }

    /// Sets the manager in error; `false` if it cannot be reached.
    fn mark<C: AsyncConnection>(conn: &mut C) -> bool {
        let marked = catch_unwind(AssertUnwindSafe(|| {
            C::TransactionManager::transaction_manager_status_mut(conn).set_in_error();
        }));
        marked.is_ok()
    }

    /// How many transactions are open within each other. diesel-async panics where a wrapped connection is out of reach,
    /// and that is a connection that nobody knows the state of.
    pub(crate) fn async_depth<C: AsyncConnection>(conn: &mut C) -> QueryResult<u32> {
        let depth = catch_unwind(AssertUnwindSafe(|| {
            C::TransactionManager::transaction_manager_status_mut(conn).transaction_depth()
        }));
        count(depth.unwrap_or(Err(DieselError::BrokenTransactionManager)))
    }

    /// Rolls back until no more than `target` transactions are open; the first error of that.
    pub(crate) async fn async_roll_back<C: AsyncConnection>(target: u32, conn: &mut C) -> QueryResult<()> {
        roll_back!(target, conn, async_depth, await)
    }

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    /// Blocks the thread, for what another thread is doing.
    fn wait_for<F: Future>(future: F) -> F::Output {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::DatabaseErrorKind;

    use super::{DieselError, says_there_is_no_transaction};

    #[test]
    fn what_sqlite_has_rolled_back_itself_is_known_by_its_words() {
        let says = |message: &str| {
            let error = DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned()));
            says_there_is_no_transaction(&error)
        };
        assert!(says("cannot rollback - no transaction is active"));
        assert!(!says("cannot commit - no transaction is active"));
        assert!(!says("database is locked"));
        assert!(!says_there_is_no_transaction(&DieselError::NotInTransaction));
    }
}
