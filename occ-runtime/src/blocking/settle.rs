//! What has become of a write whose answer has not come.

use diesel::connection::Connection;

use crate::blocking::bounds::SavesOn;
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
    /// It answers for the last write of this value by `save_optimistic`, `update_optimistic`, `touch_optimistic`, their siblings, a batch, an insert or
    /// an upsert, and for those of an [`optimistic_transaction`](crate::optimistic_transaction) that the value was handed to. Of a delete
    /// it knows nothing: a row that is gone is [`Overtaken`](Outcome::Overtaken).
    ///
    /// # How sure it is
    ///
    /// [`NotStored`](Outcome::NotStored) is certain: the row is at the version in memory. (Only a value that has outlived a plain
    /// transaction that was rolled back is ahead of its row, as it is everywhere.)
    ///
    /// [`Stored`](Outcome::Stored) is certain where no two writers come from one version to the same next one: UUIDs, and points in time
    /// of microseconds. What such a write was to make of the row is known to this program until it ends, for the last few thousand
    /// of them; then it is [`Overtaken`](Outcome::Overtaken). Of a counter, and of a version that the database makes, the columns are compared as well, in the
    /// database. If somebody else has written the very same from the same version, that cannot be told from your own write; and what cannot be
    /// compared (an embedded struct, a column that keeps something else than what was sent) is [`Overtaken`](Outcome::Overtaken).
    ///
    /// One `SELECT`, or two where columns are compared. On PostgreSQL and MySQL it waits for a statement that still has the row: that of
    /// the broken connection may be under way. Call it outside of transactions: in an old snapshot nothing new is seen.
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
