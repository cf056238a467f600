//! Transactions that put versions back when they are rolled back, for async connections.

use diesel::result::Error as DieselError;

use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::closure::SendAsyncFnOnce;
#[cfg(feature = "async")]
use crate::operation::transaction;
use crate::transaction::restore::Restorable;

/// [`optimistic_transaction`](crate::optimistic_transaction) for async connections.
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
/// As of [`optimistic_transaction`](crate::optimistic_transaction).
// No `async fn`, as the impl of `AsyncRetryDsl` says.
#[cfg(feature = "async")]
pub fn async_optimistic_transaction<'a, C, V, T, E, F>(
    conn: &'a mut C,
    values: V,
    f: F,
) -> BoxFuture<'a, Result<T, E>>
where
    C: diesel_async::AsyncConnection,
    V: Restorable<Saved: Send> + Send + 'a,
    T: Send + 'a,
    E: From<DieselError> + Send + 'a,
    for<'r, 'v> F: AsyncFnOnce(&'r mut C, V::Borrowed<'v>) -> Result<T, E>
        + SendAsyncFnOnce<(&'r mut C, V::Borrowed<'v>), Result<T, E>>
        + Send
        + 'a,
{
    use diesel_async::TransactionManager as _;

    use crate::transaction::ends::{async_begin, async_end};
    use crate::transaction::in_flight::{AsyncInFlight, async_depth};
    use crate::transaction::proof::Proof;

    Box::pin(async move {
        transaction::optimistic_transaction!(
            conn,
            values,
            AsyncInFlight,
            async_depth,
            async_begin,
            async_end,
            |conn, values, journal| journal.during_polls(f.call((conn, values.borrow()))),
            await
        )
    })
}
