//! `run` and `modify` for diesel-async's connections.

use std::future::Future;

use diesel::result::Error as DieselError;
use diesel_async::{AsyncConnection, TransactionManager as _};
use tokio::time::sleep;

use super::async_find::AsyncFindsOn;
use super::attempts::AsyncAttempts as Attempts;
use super::failure::{Fault, ModifyOutcome, RetryError};
use super::operation;
use super::policy::RetryPolicy;
use crate::async_bounds::{AsyncLocksOn, end};
use crate::error::Operation;
use crate::statement::WholeRow;

/// [`RetryDsl`](crate::RetryDsl) for async connections, with the same methods and rules. Between two attempts tokio's
/// timer waits, so a runtime with its time enabled is needed. The policy's time is measured with tokio's clock too, so a
/// test that stops it (`tokio::time::pause`) waits for nothing and still sees the deadline pass.
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
/// Dropped half-way, `run` and a `modify` that has locked the row leave a transaction open on the connection: drop that
/// too. A pool of diesel-async's does so by itself.
pub trait AsyncRetryDsl {
    /// As [`RetryDsl::run`](crate::RetryDsl::run). The future is `Send` where that of `f` is.
    fn run<C, T, E, F>(&self, conn: &mut C, f: F) -> impl Future<Output = Result<T, E>>
    where
        C: AsyncConnection,
        E: RetryError + From<DieselError>,
        F: AsyncFnMut(&mut C) -> Result<T, E>;

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
        operation::run!(self, conn, f, end, sleep, [await])
    }

    async fn modify<M, C, K, R, F>(&self, key: K, conn: &mut C, mut f: F) -> Result<M, R::Error>
    where
        C: AsyncConnection,
        K: Send,
        M: AsyncLocksOn<C> + AsyncFindsOn<C, K> + Send,
        R: ModifyOutcome<Error: Send>,
        F: FnMut(&mut M) -> R + Send,
    {
        operation::modify!(self, key, conn, f, change, end, sleep, [await])
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
