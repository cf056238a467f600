//! The methods for diesel-async's connections.

use diesel::query_builder::{AsChangeset, QueryFragment};
use diesel_async::AsyncConnection;

use crate::asynchronous::bounds::AsyncSavesTrackedOn;
use crate::asynchronous::boxed::BoxFuture;
#[cfg(feature = "retry")]
use crate::asynchronous::find::AsyncModifiesOn;
use crate::asynchronous::lock::AsyncLocksOn;
use crate::asynchronous::reload::AsyncReloadsOn;
#[cfg(feature = "retry")]
use crate::asynchronous::retry::AsyncRetryDsl as _;
use crate::asynchronous::saves::AsyncSavesOn;
use crate::asynchronous::update::AsyncUpdatesOn;
use crate::conflict::Conflict;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::columns::HasUnversioned;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::read;
#[cfg(feature = "retry")]
use crate::retry::failure::ModifyOutcome;
#[cfg(feature = "retry")]
use crate::retry::policy::RetryPolicy;
use crate::statement::assign::{Changes, Nothing, UnversionedFields, WholeRow};
use crate::statement::guard::{Always, Guarded, If, Predicate};
use crate::statement::lock::LockMode;

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
/// The connection may then have an answer on it that nobody has read, or an open transaction. So it is of no more use: every
/// later operation of this crate's on it is an error that
/// [`needs_new_connection`](crate::Error::needs_new_connection), and the pools of diesel-async discard it.
///
/// The statement of a `SyncConnectionWrapper` runs in a thread of its own, and cannot be broken off. So where such a future is
/// dropped, the drop blocks until that statement has come to its end: on SQLite as long as it waits for a lock (`busy_timeout`).
pub trait AsyncOptimisticDsl: OptimisticLock {
    /// As [`OptimisticDsl::save_optimistic`](crate::OptimisticDsl::save_optimistic).
    fn save_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
    {
        Box::pin(self.write(Operation::Save, None, WholeRow, conn))
    }

    /// As [`OptimisticDsl::save_optimistic_if`](crate::OptimisticDsl::save_optimistic_if).
    fn save_optimistic_if<'a, C, P>(
        &'a mut self,
        guard: P,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
        P: Predicate<Self::Table> + QueryFragment<C::Backend> + Send + 'a,
    {
        Box::pin(self.write(Operation::Save, None, Guarded { assignments: WholeRow, guard: If(guard) }, conn))
    }

    /// As [`OptimisticDsl::update_optimistic`](crate::OptimisticDsl::update_optimistic).
    fn update_optimistic<'a, C, S>(
        &'a mut self,
        changes: S,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncUpdatesOn<C>,
        S: AsChangeset<Target = Self::Table, Changeset: QueryFragment<C::Backend> + Send + 'a>,
    {
        Box::pin(self.update(None, Changes(changes.as_changeset()), conn))
    }

    /// As [`OptimisticDsl::touch_optimistic`](crate::OptimisticDsl::touch_optimistic).
    fn touch_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
    {
        Box::pin(self.write(Operation::Touch, None, Nothing, conn))
    }

    /// As [`OptimisticDsl::delete_optimistic`](crate::OptimisticDsl::delete_optimistic).
    fn delete_optimistic<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
    {
        Box::pin(self.delete(None, Always, conn))
    }

    /// As [`OptimisticDsl::delete_optimistic_if`](crate::OptimisticDsl::delete_optimistic_if).
    fn delete_optimistic_if<'a, C, P>(&'a self, guard: P, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
        P: Predicate<Self::Table> + QueryFragment<C::Backend> + Send + 'a,
    {
        Box::pin(self.delete(None, If(guard), conn))
    }

    /// As [`OptimisticDsl::save_unversioned`](crate::OptimisticDsl::save_unversioned).
    fn save_unversioned<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesTrackedOn<C> + HasUnversioned,
    {
        Box::pin(self.put_unversioned(UnversionedFields, conn))
    }

    /// As [`OptimisticDsl::verify_optimistic`](crate::OptimisticDsl::verify_optimistic).
    fn verify_optimistic<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
    {
        Box::pin(self.verify(conn))
    }

    /// As [`OptimisticDsl::lock_optimistic`](crate::OptimisticDsl::lock_optimistic).
    fn lock_optimistic<'a, C>(&'a self, mode: LockMode, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        Box::pin(self.lock(mode, conn))
    }

    /// As [`OptimisticDsl::modify_optimistic`](crate::OptimisticDsl::modify_optimistic). The closure does not wait, and may
    /// capture whatever is `Send`, also by `&mut`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
    /// # use diesel_async::{AsyncConnection, SimpleAsyncConnection};
    /// # use occ_runtime::async_prelude::*;
    /// # diesel::table! { products (id) { id -> Integer, quantity -> Integer, version -> Integer } }
    /// # #[derive(Queryable, Selectable, OptimisticLock)]
    /// # struct Product { id: i32, quantity: i32, version: i32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let conn = &mut SyncConnectionWrapper::<SqliteConnection>::establish(":memory:").await?;
    /// # conn.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, version INTEGER NOT NULL);
    /// #                     INSERT INTO products VALUES (1, 10, 1);").await?;
    /// let lamp = Product::modify_optimistic(1, conn, |lamp| lamp.quantity -= 1).await?;
    /// assert_eq!((lamp.quantity, lamp.version), (9, 2));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "retry")]
    fn modify_optimistic<'a, C, K, R, F>(
        key: K,
        conn: &'a mut C,
        f: F,
    ) -> BoxFuture<'a, Result<Self, R::Error>>
    where
        C: AsyncConnection,
        K: Send + 'a,
        Self: AsyncSavesOn<C> + AsyncModifiesOn<C, K> + Send + 'a,
        R: ModifyOutcome<Error: Send> + 'a,
        F: FnMut(&mut Self) -> R + Send + 'a,
    {
        Box::pin(modify_by_default(key, conn, f))
    }

    /// As [`OptimisticDsl::reload`](crate::OptimisticDsl::reload).
    fn reload<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncReloadsOn<C>,
    {
        Box::pin(async move { read::reload(self, Self::now(self, conn).await?) })
    }

    /// As [`OptimisticDsl::into_conflict`](crate::OptimisticDsl::into_conflict).
    fn into_conflict<'a, C>(self, conn: &'a mut C) -> BoxFuture<'a, Result<Conflict<Self>, Error>>
    where
        C: AsyncConnection,
        Self: AsyncReloadsOn<C> + 'a,
    {
        Box::pin(async move {
            let now = Self::now(&self, conn).await?;
            Ok(Conflict::new(self, now.row, None))
        })
    }
}

impl<M: OptimisticLock> AsyncOptimisticDsl for M {}

/// Owns the policy that it waits for.
#[cfg(feature = "retry")]
async fn modify_by_default<M, C, K, R, F>(key: K, conn: &mut C, f: F) -> Result<M, R::Error>
where
    C: AsyncConnection,
    K: Send,
    M: AsyncSavesOn<C> + AsyncModifiesOn<C, K> + Send,
    R: ModifyOutcome<Error: Send>,
    F: FnMut(&mut M) -> R + Send,
{
    RetryPolicy::default().modify(key, conn, f).await
}
