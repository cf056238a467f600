//! Transactions that put versions back when they are rolled back.

use diesel::connection::{Connection, TransactionManager as _};
use diesel::result::Error as DieselError;

use crate::operation::transaction;
use crate::transaction::ends::{begin, end};
use crate::transaction::in_flight::{InFlight, depth};
use crate::transaction::proof::Proof;
use crate::transaction::restore::Restorable;

/// Runs `f` in a transaction, and puts every version back to what it was if the transaction does not commit.
///
/// Use it where a save is not the last thing that can fail. In a plain `conn.transaction(..)` a value that was saved
/// before a rollback stays ahead of its row; here it can simply be saved again. Values that are not handed over are
/// not restored (`()` hands over none), and neither are other fields than the version, save those of a [`Tracked`](crate::Tracked) value that `f` has
/// merged or reloaded. Within another transaction it is a savepoint.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// use occ_runtime::optimistic_transaction;
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// # diesel::insert_into(products::table).values((products::id.eq(2), products::name.eq("desk"), products::quantity.eq(1), products::version.eq(1))).execute(conn)?;
/// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// # let mut desk: Product = products::table.find(2).select(Product::as_select()).first(conn)?;
/// desk.version = 7; // outdated
/// let result = optimistic_transaction(conn, (&mut lamp, &mut desk), |conn, (lamp, desk)| {
///     lamp.save_optimistic(conn)?;
///     desk.save_optimistic(conn)
/// });
/// assert!(result.unwrap_err().is_stale());
/// assert_eq!((lamp.version, desk.version), (1, 7));
/// # Ok::<_, Error>(())
/// ```
///
/// # A commit that commits nothing
///
/// If `f` ignores a database error and returns `Ok`, the transaction may be over already: PostgreSQL answers the
/// `COMMIT` of an aborted transaction with a rollback that looks like success, and MySQL ends the transaction at a
/// deadlock, after which each statement commits by itself. So `f` runs within a savepoint, whose release fails in
/// both cases: you get [`Error::TransactionAborted`](crate::Error::TransactionAborted) and the old versions. That is two statements more than a plain
/// transaction has. What MySQL has committed after its deadlock stays committed: do not ignore database errors.
///
/// # Errors
///
/// What `f` returns, or Diesel's error if the transaction cannot be begun, committed or rolled back.
pub fn optimistic_transaction<C, V, T, E, F>(conn: &mut C, values: V, f: F) -> Result<T, E>
where
    C: Connection,
    V: Restorable,
    F: FnOnce(&mut C, V::Borrowed<'_>) -> Result<T, E>,
    E: From<DieselError>,
{
    transaction::optimistic_transaction!(
        conn,
        values,
        InFlight,
        depth,
        begin,
        end,
        |conn, values, journal| journal.during(|| f(conn, values.borrow()))
    )
}
