//! `run` and `modify` for diesel-async's connections.

use std::future::Future;

use diesel::result::Error as DieselError;
use diesel_async::{AsyncConnection, TransactionManager as _};
use tokio::time::sleep;

use super::async_find::AsyncFindsOn;
use super::attempts::Attempts;
use super::failure::{Fault, ModifyOutcome, RetryError};
use super::operation;
use super::policy::RetryPolicy;
use crate::async_bounds::AsyncLocksOn;
use crate::ends::{async_begin as begin, async_end as end};
use crate::error::{Error, Operation};
use crate::in_flight::{AsyncInFlight, async_depth as depth};
use crate::operation::without_snapshot;
use crate::statement::WholeRow;
use crate::transaction::{Restore, VersionedValues};

/// [`RetryDsl`](crate::RetryDsl) for async connections, with the same methods and rules. Between two attempts tokio's
/// timer waits, so a runtime with its time enabled is needed.
///
/// ```
/// use diesel::prelude::*;
/// use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
/// use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
/// use occ_runtime::Error;
/// use occ_runtime::async_prelude::*;
/// # diesel::table! { products (id) { id -> Integer, quantity -> Integer, version -> Integer } }
/// # #[derive(Queryable, Selectable, OptimisticLock)]
/// # struct Product { id: i32, quantity: i32, version: i32 }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let conn = &mut SyncConnectionWrapper::<SqliteConnection>::establish(":memory:").await?;
/// # conn.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, version INTEGER NOT NULL);
/// #                     INSERT INTO products VALUES (1, 10, 1), (2, 1, 1);").await?;
/// let policy = RetryPolicy::new().attempts(5);
/// policy
///     .run(conn, async |conn| {
///         let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
///         let mut desk = products::table.find(2).select(Product::as_select()).first(conn).await?;
///         lamp.quantity -= 1;
///         desk.quantity += 1;
///         lamp.save_optimistic(conn).await?;
///         desk.save_optimistic(conn).await
///     })
///     .await?;
///
/// let lamp = policy.modify(1, conn, |lamp: &mut Product| lamp.quantity -= 1).await?;
/// assert_eq!((lamp.quantity, lamp.version), (8, 3));
/// # Ok(())
/// # }
/// ```
///
/// # Dropped futures
///
/// Dropped during an attempt they leave the connection of no more use, and it says so: see
/// [`needs_new_connection`](crate::Error::needs_new_connection). Dropped while they wait for the next one, they leave nothing.
pub trait AsyncRetryDsl {
    /// As [`RetryDsl::run`](crate::RetryDsl::run). The future is `Send` where that of `f` is.
    fn run<C, T, E, F>(&self, conn: &mut C, f: F) -> impl Future<Output = Result<T, E>>
    where
        C: AsyncConnection,
        E: RetryError + From<DieselError>,
        F: AsyncFnMut(&mut C) -> Result<T, E>;

    /// As [`RetryDsl::run_with`](crate::RetryDsl::run_with). The future is `Send` where that of `f` is.
    fn run_with<C, V, T, E, F>(&self, conn: &mut C, values: V, f: F) -> impl Future<Output = Result<T, E>>
    where
        C: AsyncConnection,
        V: VersionedValues,
        E: RetryError + From<DieselError>,
        F: AsyncFnMut(&mut C, V::Borrowed<'_>) -> Result<T, E>;

    /// As [`RetryDsl::modify`](crate::RetryDsl::modify).
    fn modify<M, C, K, R, F>(
        &self,
        key: K,
        conn: &mut C,
        f: F,
    ) -> impl Future<Output = Result<M, R::Error>> + Send
    where
        C: AsyncConnection,
        K: Send,
        M: AsyncLocksOn<C> + AsyncFindsOn<C, K> + Send,
        R: ModifyOutcome<Error: Send>,
        F: FnMut(&mut M) -> R + Send;
}

impl AsyncRetryDsl for RetryPolicy {
    async fn run<C, T, E, F>(&self, conn: &mut C, mut f: F) -> Result<T, E>
    where
        C: AsyncConnection,
        E: RetryError + From<DieselError>,
        F: AsyncFnMut(&mut C) -> Result<T, E>,
    {
        operation::run!(self, conn, depth, AsyncInFlight, begin, sleep, |conn, before| {
            let outcome = f(&mut *conn).await;
            end(outcome, before, conn).await
        }, [await])
    }

    async fn run_with<C, V, T, E, F>(&self, conn: &mut C, mut values: V, mut f: F) -> Result<T, E>
    where
        C: AsyncConnection,
        V: VersionedValues,
        E: RetryError + From<DieselError>,
        F: AsyncFnMut(&mut C, V::Borrowed<'_>) -> Result<T, E>,
    {
        operation::run!(self, conn, depth, AsyncInFlight, begin, sleep, |conn, before| {
            operation::attempt_with!(values, f, conn, before, end, [await])
        }, [await])
    }

    async fn modify<M, C, K, R, F>(&self, key: K, conn: &mut C, mut f: F) -> Result<M, R::Error>
    where
        C: AsyncConnection,
        K: Send,
        M: AsyncLocksOn<C> + AsyncFindsOn<C, K> + Send,
        R: ModifyOutcome<Error: Send>,
        F: FnMut(&mut M) -> R + Send,
    {
        operation::modify!(self, key, conn, f, change, depth, AsyncInFlight, begin, end, sleep, [await])
    }
}

async fn change<M, C, K, R, F>(
    finder: &M::Finder,
    locked: bool,
    f: &mut F,
    conn: &mut C,
) -> Result<M, Fault<R::Error>>
where
    C: AsyncConnection,
    K: Send,
    M: AsyncLocksOn<C> + AsyncFindsOn<C, K> + Send,
    R: ModifyOutcome<Error: Send>,
    F: FnMut(&mut M) -> R + Send,
{
    operation::change!(finder, locked, f, conn, [await])
}
