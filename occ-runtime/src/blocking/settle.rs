//! What has become of a write whose answer has not come.

use diesel::connection::Connection;

use crate::blocking::saves::SavesOn;
use crate::error::Error;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::outcome::Outcome;

/// What has become of a write whose answer has not come: the connection broke, or the future was dropped.
///
/// ```no_run
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// use occ_runtime::Outcome;
/// # diesel::table! { products (id) { id -> Integer, quantity -> Integer, version -> Integer } }
/// # #[derive(Queryable, Selectable, OptimisticLock)]
/// # struct Product { id: i32, quantity: i32, version: i32 }
/// # fn connect() -> SqliteConnection { SqliteConnection::establish("products.db").unwrap() }
///
/// fn sell(lamp: &mut Product, conn: &mut SqliteConnection) -> Result<(), Error> {
///     lamp.quantity -= 1;
///     let Err(error) = lamp.save_optimistic(conn) else { return Ok(()) };
///     if !error.needs_new_connection() {
///         return Err(error);
///     }
///     let mut conn = connect();
///     match lamp.settle(&mut conn)? {
///         Outcome::Stored => Ok(()),
///         Outcome::NotStored => lamp.save_optimistic(&mut conn),
///         Outcome::Overtaken => Err(error), // load the row, and look
///     }
/// }
/// ```
pub trait SettleDsl: OptimisticLock {
    /// Asks the row. If the write is stored, the value gets its version, and can be saved again; else it stays what it is.
    ///
    /// It answers for a write of what is in memory: `save_optimistic` and its siblings, batches, inserts, upserts, and an
    /// [`optimistic_transaction`](crate::optimistic_transaction) that the value was handed to. Of `update_optimistic`, `touch_optimistic`, a delete,
    /// and a version that the database makes, memory does not show what they were to do: they are `NotStored` where the row is at the
    /// version in memory, and else `Overtaken`.
    ///
    /// | | the row | what to do |
    /// |---|---|---|
    /// | [`Stored`](Outcome::Stored) | is at the version that the write was to give it, with the columns of the value as the database compares them | go on |
    /// | [`NotStored`](Outcome::NotStored) | is at the version in memory, from which the write was to go on | do the same again |
    /// | [`Overtaken`](Outcome::Overtaken) | is neither, or gone; or it cannot be compared: an embedded struct, a column that keeps something else than was sent | load the row, and look |
    ///
    /// # How sure it is
    ///
    /// What a write was to make of its row is known to this program until it ends, for the last few thousand that were not answered. Of a
    /// counter the next version is known without that. Two who write the very same from one version, to the same next one, cannot be
    /// told from each other: a counter that was changed by one, twice. A UUID is nobody else's.
    ///
    /// `NotStored` is the answer of a moment: the write may still be on its way to the server, or wait there. Save the same value again, and
    /// the check lets one of the two through; if that is refused as [`Error::Stale`], ask once more. What does its work anew from what it loads,
    /// such as `modify_optimistic`, could do it twice. Close the old connection first, so that the server ends what is open on it.
    ///
    /// An insert, an upsert and an overwrite do not go on from the version in memory, so they are `Stored` or `Overtaken`: that the row is at
    /// this version says nothing then. A program that writes to several databases with tables of one struct keeps one list for all of them,
    /// and may get `Overtaken` for a row of another database; columns are compared all the same.
    ///
    /// A value that was saved in a plain transaction has its new version already; [`verify_optimistic`](crate::OptimisticDsl::verify_optimistic)
    /// says whether the row has it.
    ///
    /// One `SELECT`, or two where columns are compared. On PostgreSQL and MySQL it waits until nobody else has the row locked. Call it outside of
    /// transactions: in an old snapshot nothing new is seen.
    ///
    /// # Errors
    ///
    /// [`Error::AmbiguousKey`] if several rows have the key, [`Error::Database`] for all else. Then the value is what it was.
    fn settle<C>(&mut self, conn: &mut C) -> Result<Outcome, Error>
    where
        C: Connection,
        Self: SavesOn<C>,
    {
        self.settle_write(conn)
    }
}

impl<M: OptimisticLock> SettleDsl for M {}
