//! The methods for diesel-async's connections.

use std::future::Future;

use diesel::query_builder::{AsChangeset, QueryFragment};
use diesel_async::AsyncConnection;

use crate::async_bounds::{AsyncLoadsOn, AsyncLocksOn, AsyncLocksRowsOn};
use crate::conflict::Conflict;
use crate::error::{Error, Operation};
use crate::lock::LockMode;
use crate::model::OptimisticLock;
use crate::statement::{Changes, Nothing, WholeRow};

/// [`OptimisticDsl`](crate::OptimisticDsl) for async connections: `AsyncPgConnection`, `AsyncMysqlConnection`,
/// `SyncConnectionWrapper<SqliteConnection>`, pooled ones, and wrappers of your own.
///
/// The methods have the same names, outcomes and statements; see there for each. A module uses one of the two
/// preludes, or calls the other's methods by their path: `AsyncOptimisticDsl::save_optimistic(&mut lamp, conn)`.
///
/// ```
/// use diesel::prelude::*;
/// use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
/// use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
/// use occ_runtime::async_prelude::*;
/// # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
///
/// #[derive(Queryable, Selectable, OptimisticLock)]
/// struct Product {
///     id: i32,
///     name: String,
///     version: i32,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let conn = &mut SyncConnectionWrapper::<SqliteConnection>::establish(":memory:").await?;
/// # conn.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL);
/// #                     INSERT INTO products VALUES (1, 'lamp', 1);").await?;
/// let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
/// lamp.name = "desk lamp".into();
/// lamp.save_optimistic(conn).await?;
/// assert_eq!(lamp.version, 2);
/// # Ok(())
/// # }
/// ```
///
/// # Dropped futures
///
/// A future that is dropped before it is ready leaves the value as it was. Its statement may have reached the database all
/// the same: then the value is stale, and the next save says so.
///
/// Batches, and saves whose version the database makes (save for PostgreSQL's), run in a transaction of their own. Dropped
/// half-way it stays open on the connection: drop that too. A pool of diesel-async's does so by itself.
pub trait AsyncOptimisticDsl: OptimisticLock {
    /// As [`OptimisticDsl::save_optimistic`](crate::OptimisticDsl::save_optimistic).
    fn save_optimistic<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.write(Operation::Save, None, WholeRow, conn)
    }

    /// As [`OptimisticDsl::save_optimistic_expecting`](crate::OptimisticDsl::save_optimistic_expecting).
    fn save_optimistic_expecting<C>(
        &mut self,
        expected: &Self::Version,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.write(Operation::Save, Some(expected), WholeRow, conn)
    }

    /// As [`OptimisticDsl::update_optimistic`](crate::OptimisticDsl::update_optimistic).
    fn update_optimistic<C, S>(
        &mut self,
        changes: S,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
        S: AsChangeset<Target = Self::Table, Changeset: QueryFragment<C::Backend> + Send>,
    {
        self.write(Operation::Update, None, Changes(changes.as_changeset()), conn)
    }

    /// As [`OptimisticDsl::touch_optimistic`](crate::OptimisticDsl::touch_optimistic).
    fn touch_optimistic<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.write(Operation::Touch, None, Nothing, conn)
    }

    /// As [`OptimisticDsl::delete_optimistic`](crate::OptimisticDsl::delete_optimistic).
    fn delete_optimistic<C>(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.delete(conn)
    }

    /// As [`OptimisticDsl::verify_optimistic`](crate::OptimisticDsl::verify_optimistic).
    fn verify_optimistic<C>(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.verify(conn)
    }

    /// As [`OptimisticDsl::lock_optimistic`](crate::OptimisticDsl::lock_optimistic).
    fn lock_optimistic<C>(
        &self,
        mode: LockMode,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksRowsOn<C>,
    {
        self.lock(mode, conn)
    }

    /// As [`OptimisticDsl::reload`](crate::OptimisticDsl::reload).
    fn reload<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLoadsOn<C>,
    {
        self.read(conn)
    }

    /// As [`OptimisticDsl::into_conflict`](crate::OptimisticDsl::into_conflict).
    fn into_conflict<C>(self, conn: &mut C) -> impl Future<Output = Result<Conflict<Self>, Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLoadsOn<C>,
    {
        Self::compare(self, None, conn)
    }
}

impl<M: OptimisticLock> AsyncOptimisticDsl for M {}
