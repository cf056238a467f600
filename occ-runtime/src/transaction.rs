//! Transactions that put versions back when they are rolled back.

use diesel::connection::{Connection, TransactionManager as _};
use diesel::result::Error as DieselError;

#[cfg(feature = "async")]
use crate::async_closure::SendAsyncFnOnce;
#[cfg(feature = "async")]
use crate::boxed::BoxFuture;
use crate::ends::{begin, end};
use crate::error::aborted;
use crate::in_flight::{InFlight, depth};
use crate::versioned_values::{Restore, VersionedValues};

/// The body of [`optimistic_transaction`] and of its async twin: `$work` calls the closure with `$c` and `$v`.
///
/// The savepoint within the transaction is there to be released: that fails where the transaction is over.
macro_rules! optimistic_transaction {
    ($conn:ident, $values:ident, $in_flight:ident, $depth:path, $begin:path, $end:path,
     |$c:ident, $v:ident, $journal:ident| $work:expr $(, $await:ident)?) => {{
        let mut values = $values;
        let mut values = Restore::new(&mut values, $in_flight::<C>::IF_DROPPED);
        let mut conn = $in_flight::begin($conn)?;
        let before = $begin(&mut *conn)$(.$await)??;
        let outcome = match C::TransactionManager::begin_transaction(&mut *conn)$(.$await)? {
            Ok(()) => {
                let $journal = values.journal(&*conn, before, before + 2);
                let running = $journal.clone();
                let worked = {
                    let ($c, $v) = (&mut *conn, values.borrow());
                    $work$(.$await)?
                };
                match running.unless_over(worked) {
                    Ok(value) => match $depth(&mut *conn) {
                        Ok(open) if open == before + 2 => {
                            let released = C::TransactionManager::commit_transaction(&mut *conn)$(.$await)?;
                            released.map(|()| value).map_err(aborted)
                        }
                        Ok(open) if open > before + 2 => Err(aborted(DieselError::AlreadyInTransaction)),
                        Ok(_) => Err(aborted(DieselError::NotInTransaction)),
                        Err(error) => Err(aborted(error)),
                    },
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error.into()),
        };
        let outcome = $end(outcome, before, &mut *conn)$(.$await)?;
        let is_good = $depth(&mut *conn).is_ok();
        conn.land();
        values.end(outcome, is_good)
    }};
}

/// Runs `f` in a transaction, and puts every version back to what it was if the transaction does not commit.
///
/// Use it where a save is not the last thing that can fail. In a plain `conn.transaction(..)` a value that was saved
/// before a rollback stays ahead of its row; here it can simply be saved again. Values that are not handed over are
/// not restored, and neither are other fields than the version, save those of a [`Tracked`](crate::Tracked) value that `f` has
/// merged or reloaded. Within another transaction it is a savepoint.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// use occ_runtime::optimistic_transaction;
#[doc = include_str!("example.txt")]
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
    V: VersionedValues,
    F: FnOnce(&mut C, V::Borrowed<'_>) -> Result<T, E>,
    E: From<DieselError>,
{
    optimistic_transaction!(conn, values, InFlight, depth, begin, end, |conn, values, journal| {
        journal.during(|| f(conn, values))
    })
}

/// [`optimistic_transaction`] for async connections.
///
/// ```
/// use diesel::prelude::*;
/// use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
/// use diesel_async::{AsyncConnection, SimpleAsyncConnection};
/// use occ_runtime::Error;
/// use occ_runtime::async_prelude::*;
/// # diesel::table! { products (id) { id -> Integer, version -> Integer } }
/// # #[derive(OptimisticLock)]
/// # struct Product { id: i32, version: i32 }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let conn = &mut SyncConnectionWrapper::<SqliteConnection>::establish(":memory:").await?;
/// # conn.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
/// #                     INSERT INTO products VALUES (1, 1), (2, 1);").await?;
/// # let (mut lamp, mut desk) = (Product { id: 1, version: 1 }, Product { id: 2, version: 7 });
/// let result: Result<(), Error> =
///     optimistic_transaction(conn, (&mut lamp, &mut desk), async |conn, (lamp, desk)| {
///         lamp.save_optimistic(conn).await?;
///         desk.save_optimistic(conn).await
///     })
///     .await;
/// assert!(result.unwrap_err().is_stale());
/// assert_eq!((lamp.version, desk.version), (1, 7));
/// # Ok(())
/// # }
/// ```
///
/// The future is `Send`, so it can be awaited in a handler or a spawned task. The closure may capture whatever is `Send`: by
/// reference, by value and by `&mut`. It runs once.
///
/// ```
/// use axum::Router;
/// use axum::extract::{Path, State};
/// use axum::http::StatusCode;
/// use axum::routing::post;
/// # use diesel::prelude::*;
/// # use diesel_async::pooled_connection::{AsyncDieselConnectionManager, deadpool::Pool};
/// # use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
/// # use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
/// # use occ_runtime::Error;
/// # use occ_runtime::async_prelude::*;
/// # diesel::table! { products (id) { id -> Integer, quantity -> Integer, version -> Integer } }
/// # #[derive(Queryable, Selectable, OptimisticLock)]
/// # struct Product { id: i32, quantity: i32, version: i32 }
/// # type Connection = SyncConnectionWrapper<SqliteConnection>;
///
/// async fn move_some(
///     State(pool): State<Pool<Connection>>,
///     Path((from, to, count)): Path<(i32, i32, i32)>,
/// ) -> Result<(), StatusCode> {
///     let conn = &mut pool.get().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
///     let find = |id| products::table.find(id).select(Product::as_select());
///     let mut from = find(from).first(conn).await.map_err(|_| StatusCode::NOT_FOUND)?;
///     let mut to = find(to).first(conn).await.map_err(|_| StatusCode::NOT_FOUND)?;
///     let moved: Result<(), Error> =
///         optimistic_transaction(conn, (&mut from, &mut to), async |conn, (from, to)| {
///             from.quantity -= count;
///             to.quantity += count;
///             from.save_optimistic(conn).await?;
///             to.save_optimistic(conn).await
///         })
///         .await;
///     moved.map_err(|_| StatusCode::CONFLICT)
/// }
///
/// let app: Router<Pool<Connection>> = Router::new().route("/move/{from}/{to}/{count}", post(move_some));
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn answers() -> Result<(), Box<dyn std::error::Error>> {
/// # let pool = Pool::builder(AsyncDieselConnectionManager::<Connection>::new(":memory:")).max_size(1).build()?;
/// # pool.get().await?.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, version INTEGER NOT NULL);
/// #                                  INSERT INTO products VALUES (1, 10, 1), (2, 1, 1);").await?;
/// # move_some(State(pool.clone()), Path((1, 2, 3))).await.map_err(|status| status.to_string())?;
/// # let quantities: Vec<i32> = products::table.select(products::quantity).load(&mut pool.get().await?).await?;
/// # assert_eq!(quantities, [7, 4]);
/// # Ok(())
/// # }
/// # answers().unwrap();
/// ```
///
/// If the future is dropped half-way, the versions are put back, and the connection is of no more use: the next operation on
/// it says so ([`needs_new_connection`](crate::Error::needs_new_connection)), and pools discard it.
///
/// # Errors
///
/// As of [`optimistic_transaction`].
// No `async fn`, as the impl of `AsyncRetryDsl` says.
#[cfg(feature = "async")]
pub fn async_optimistic_transaction<'a, C, V, T, E, F>(
    conn: &'a mut C,
    values: V,
    f: F,
) -> BoxFuture<'a, Result<T, E>>
where
    C: diesel_async::AsyncConnection,
    V: VersionedValues<Saved: Send> + Send + 'a,
    T: Send + 'a,
    E: From<DieselError> + Send + 'a,
    for<'r, 'v> F: AsyncFnOnce(&'r mut C, V::Borrowed<'v>) -> Result<T, E>
        + SendAsyncFnOnce<(&'r mut C, V::Borrowed<'v>), Result<T, E>>
        + Send
        + 'a,
{
    use diesel_async::TransactionManager as _;

    use crate::ends::{async_begin, async_end};
    use crate::in_flight::{AsyncInFlight, async_depth};

    Box::pin(async move {
        optimistic_transaction!(
            conn,
            values,
            AsyncInFlight,
            async_depth,
            async_begin,
            async_end,
            |conn, values, journal| journal.during_polls(f.call((conn, values))),
            await
        )
    })
}
