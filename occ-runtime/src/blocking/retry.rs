//! `run` and `modify` for Diesel's own, blocking connections.

use std::thread::sleep;

use diesel::connection::{Connection, TransactionManager as _};
use diesel::result::Error as DieselError;

use crate::blocking::bounds::SavesTrackedOn;
use crate::blocking::find::ModifiesOn;
use crate::blocking::reload::ReloadsOn;
use crate::blocking::saves::SavesOn;
use crate::conflict::merge::{Choice, undecided};
use crate::error::Error;
use crate::error::fault::Fault;
use crate::error::stale::Operation;
use crate::model::fields::Trackable;
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its bodies name")]
use crate::operation::merging::*;
use crate::operation::verdict::without_snapshot;
use crate::retry::attempts::BlockingAttempts as Attempts;
use crate::retry::failure::{ModifyOutcome, RetryError};
use crate::retry::loops::{self, Look};
use crate::retry::policy::RetryPolicy;
use crate::statement::assign::WholeRow;
use crate::statement::dialect;
use crate::transaction::ends::{begin, end};
use crate::transaction::in_flight::{InFlight, depth};
use crate::transaction::journal::{Journal, Running};
use crate::transaction::proof::{Proof, proven};
use crate::transaction::restore::{Restorable, Restore};

/// What a [`RetryPolicy`] does with Diesel's own, blocking connections. Between two attempts the thread sleeps.
///
/// # The rules
///
/// 1. Each attempt reads anew, and what it has written is committed or rolled back before the next begins.
/// 2. Retried is what the policy says, by default exactly [`Error::is_retryable`](crate::Error::is_retryable). Any other
///    error of the database's and every error of your own ends it, as it is.
/// 3. Nothing is retried on a connection that
///    [is of no more use](crate::Error::needs_new_connection), whatever the policy says.
/// 4. Once the attempts or the time are used up, it is [`Error::RetriesExhausted`](crate::Error::RetriesExhausted).
/// 5. Within a transaction that Diesel knows of, it is [`Error::NestedRetry`](crate::Error::NestedRetry), and nothing is
///    sent.
pub trait RetryDsl {
    /// Runs `f` in a transaction of its own, and again in another one while it is lost to other writers.
    ///
    /// `f` loads what it changes, so that each attempt sees what the others have written. An error of your own rolls the
    /// transaction back and ends it; how the policy tells yours from the database's, [`RetryError`] says. Let every
    /// database error out of `f`: one that is ignored may have ended the transaction or aborted it, and then it is
    /// [`Error::TransactionAborted`](crate::Error::TransactionAborted), as with
    /// [`optimistic_transaction`](crate::optimistic_transaction). To know that costs one statement more than a plain
    /// transaction has on PostgreSQL, and two on other databases.
    ///
    /// Write or lock the rows of a transaction in one order everywhere, best by key. Two that take the same rows crosswise
    /// end in a deadlock, and each is retried and may meet the next: that comes out right, but takes many times as long.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::prelude::*;
    /// use occ_runtime::Error;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # diesel::insert_into(products::table).values((products::id.eq(2), products::name.eq("desk"), products::quantity.eq(1), products::version.eq(1))).execute(conn)?;
    ///
    /// RetryPolicy::new().run(conn, |conn| {
    ///     let mut lamp = products::table.find(1).select(Product::as_select()).first(conn)?;
    ///     let mut desk = products::table.find(2).select(Product::as_select()).first(conn)?;
    ///     lamp.quantity -= 1;
    ///     desk.quantity += 1;
    ///     // By key, whichever way a piece is moved.
    ///     lamp.save_optimistic(conn)?;
    ///     desk.save_optimistic(conn)
    /// })?;
    /// # Ok::<_, Error>(())
    /// ```
    fn run<C, T, E, F>(&self, conn: &mut C, f: F) -> Result<T, E>
    where
        C: Connection,
        E: RetryError + From<DieselError>,
        F: FnMut(&mut C) -> Result<T, E>;

    /// [`run`](Self::run) with values that were loaded before: after an attempt that is lost they are put back, as
    /// [`optimistic_transaction`](crate::optimistic_transaction) does. `f` gets them, and reloads or rebases what it may find
    /// outdated.
    ///
    /// What `f` edits stays edited, as only the version is put back: edit after a reload or a rebase, or the second attempt adds to
    /// the first.
    ///
    /// A value that `f` saves without handing it over is ahead of its row after a lost attempt.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::prelude::*;
    /// use occ_runtime::Error;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// RetryPolicy::new().run_with(conn, &mut lamp, |conn, lamp| {
    ///     lamp.reload(conn)?;
    ///     lamp.quantity -= 1;
    ///     lamp.save_optimistic(conn)
    /// })?;
    /// assert_eq!((lamp.quantity, lamp.version), (9, 2));
    /// # Ok::<_, Error>(())
    /// ```
    fn run_with<C, V, T, E, F>(&self, conn: &mut C, values: V, f: F) -> Result<T, E>
    where
        C: Connection,
        V: Restorable,
        E: RetryError + From<DieselError>,
        F: FnMut(&mut C, V::Borrowed<'_>) -> Result<T, E>;

    /// [`modify_optimistic`](crate::OptimisticDsl::modify_optimistic) with this policy.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::prelude::*;
    /// use occ_runtime::Error;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    ///
    /// let lamp = RetryPolicy::new().attempts(5).modify(1, conn, |lamp: &mut Product| lamp.quantity -= 1)?;
    /// assert_eq!((lamp.quantity, lamp.version), (9, 2));
    /// # Ok::<_, Error>(())
    /// ```
    ///
    /// With an error of your own:
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// #[derive(Debug, thiserror::Error)]
    /// enum SaleError {
    ///     #[error("only {0} left")]
    ///     TooFew(i32),
    ///     #[error(transparent)]
    ///     Occ(#[from] Error),
    /// }
    ///
    /// fn sell(number: i32, id: i32, conn: &mut SqliteConnection) -> Result<Product, SaleError> {
    ///     Product::modify_optimistic(id, conn, |product| {
    ///         if product.quantity < number {
    ///             return Err(SaleError::TooFew(product.quantity));
    ///         }
    ///         product.quantity -= number;
    ///         Ok(())
    ///     })
    /// }
    ///
    /// # let conn = &mut connection();
    /// assert!(matches!(sell(11, 1, conn), Err(SaleError::TooFew(10))));
    /// assert_eq!(sell(10, 1, conn)?.quantity, 0);
    /// # Ok::<_, SaleError>(())
    /// ```
    fn modify<M, C, K, R, F>(&self, key: K, conn: &mut C, f: F) -> Result<M, R::Error>
    where
        C: Connection,
        M: SavesOn<C> + ModifiesOn<C, K>,
        R: ModifyOutcome,
        F: FnMut(&mut M) -> R;

    /// Saves, and where somebody else was faster merges and saves again, with this policy: see
    /// [`MergingDsl::save_merging`](crate::MergingDsl::save_merging).
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let mut mine = articles::table.find(1).select(Tracked::<Article>::as_select()).first(conn)?;
    /// use occ_runtime::conflict::Saved;
    ///
    /// mine.title = "Locks".into();
    /// assert_eq!(RetryPolicy::new().attempts(5).save_merging(&mut mine, conn)?, Saved::AsWritten);
    /// # Ok::<_, Error>(())
    /// ```
    fn save_merging<T, C>(&self, tracked: &mut Tracked<T>, conn: &mut C) -> Result<Saved, Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + ReloadsOn<C> + Trackable,
    {
        self.save_merging_with(tracked, undecided, conn)
    }

    /// The same, and asks `choose` for each field that would be reported: see
    /// [`MergingDsl::save_merging_with`](crate::MergingDsl::save_merging_with).
    fn save_merging_with<T, C, F>(
        &self,
        tracked: &mut Tracked<T>,
        choose: F,
        conn: &mut C,
    ) -> Result<Saved, Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + ReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T>;
}

impl RetryDsl for RetryPolicy {
    fn run<C, T, E, F>(&self, conn: &mut C, mut f: F) -> Result<T, E>
    where
        C: Connection,
        E: RetryError + From<DieselError>,
        F: FnMut(&mut C) -> Result<T, E>,
    {
        loops::run!(self, conn, depth, InFlight, begin, sleep, |conn, before| {
            let proof = dialect::proof::<C::Backend>();
            let running =
                Running::of(Journal::of(conn, before, proof.depth(before)), InFlight::<C>::IF_DROPPED);
            let outcome = proven!(proof, before, depth, conn, {
                running.journal.unless_over(running.journal.during(|| f(&mut *conn)))
            });
            let outcome = end(outcome, before, conn);
            running.ends(outcome, depth(conn).is_ok())
        })
    }

    fn run_with<C, V, T, E, F>(&self, conn: &mut C, mut values: V, mut f: F) -> Result<T, E>
    where
        C: Connection,
        V: Restorable,
        E: RetryError + From<DieselError>,
        F: FnMut(&mut C, V::Borrowed<'_>) -> Result<T, E>,
    {
        loops::run!(self, conn, depth, InFlight, begin, sleep, |conn, before| {
            let mut handed = Restore::new(&mut values, InFlight::<C>::IF_DROPPED);
            let proof = dialect::proof::<C::Backend>();
            let journal = handed.journal(conn, before, proof.depth(before));
            let outcome = proven!(proof, before, depth, conn, {
                journal.unless_over(journal.during(|| f(&mut *conn, handed.borrow())))
            });
            let outcome = end(outcome, before, conn);
            handed.end(outcome, depth(conn).is_ok())
        })
    }

    fn modify<M, C, K, R, F>(&self, key: K, conn: &mut C, mut f: F) -> Result<M, R::Error>
    where
        C: Connection,
        M: SavesOn<C> + ModifiesOn<C, K>,
        R: ModifyOutcome,
        F: FnMut(&mut M) -> R,
    {
        loops::modify!(self, key, conn, f, change, depth, InFlight, begin, end, sleep)
    }

    fn save_merging_with<T, C, F>(
        &self,
        tracked: &mut Tracked<T>,
        mut choose: F,
        conn: &mut C,
    ) -> Result<Saved, Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + ReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T>,
    {
        save_merging!(self, tracked, choose, conn, merge_once, depth, sleep)
    }
}

fn merge_once<T, C, F>(tracked: &mut Tracked<T>, choose: &mut F, conn: &mut C) -> Result<Option<Saved>, Error>
where
    C: Connection,
    T: SavesTrackedOn<C> + ReloadsOn<C> + Trackable,
    F: FnMut(&'static str, &T, &T, &T) -> Choice<T>,
{
    merge_and_save!(tracked, choose, conn)
}

fn change<M, C, K, R, F>(
    finder: &M::Finder,
    look: Look,
    lost: &mut Option<M>,
    f: &mut F,
    conn: &mut C,
) -> Result<M, Fault<R::Error>>
where
    C: Connection,
    M: SavesOn<C> + ModifiesOn<C, K>,
    R: ModifyOutcome,
    F: FnMut(&mut M) -> R,
{
    loops::change!(finder, look, lost, f, conn)
}
