//! The methods of tracked values, for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::bounds::AsyncSavesTrackedOn;
use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::reload::AsyncReloadsOn;
use crate::asynchronous::saves::AsyncSavesOn;
use crate::conflict::Conflict;
use crate::conflict::merge::{Choice, undecided};
use crate::conflict::tracked::Tracked;
use crate::error::Error;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::outcome::Outcome;
use crate::operation::read;

/// [`TrackedDsl`](crate::TrackedDsl) for diesel-async's connections: the same names, outcomes and statements.
///
/// ```
/// use diesel::prelude::*;
/// use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
/// use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
/// use occ_runtime::Tracked;
/// use occ_runtime::async_prelude::*;
/// # diesel::table! { products (id) { id -> Integer, name -> Text, quantity -> Integer, version -> Integer } }
///
/// #[derive(Clone, Queryable, Selectable, OptimisticLock)]
/// #[occ(tracked)]
/// struct Product {
///     id: i32,
///     name: String,
///     quantity: i32,
///     version: i32,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let conn = &mut SyncConnectionWrapper::<SqliteConnection>::establish(":memory:").await?;
/// # conn.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, quantity INTEGER NOT NULL,
/// #                     version INTEGER NOT NULL); INSERT INTO products VALUES (1, 'lamp', 3, 1);").await?;
/// let select = products::table.find(1).select(Tracked::<Product>::as_select());
/// let (mut mine, mut theirs) = (select.first(conn).await?, select.first(conn).await?);
/// theirs.quantity = 2;
/// theirs.save_optimistic(conn).await?;
///
/// mine.name = "desk lamp".into();
/// mine.rebase(conn).await?;
/// mine.save_optimistic(conn).await?;
/// assert_eq!((mine.name.as_str(), mine.quantity, mine.version), ("desk lamp", 2, 3));
/// # Ok(())
/// # }
/// ```
pub trait AsyncTrackedDsl<T: OptimisticLock> {
    /// As [`TrackedDsl::save_optimistic`](crate::TrackedDsl::save_optimistic).
    fn save_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable;

    /// As [`TrackedDsl::save_optimistic_expecting`](crate::TrackedDsl::save_optimistic_expecting).
    fn save_optimistic_expecting<'a, C>(
        &'a mut self,
        expected: &'a T::Version,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesOn<C> + Trackable;

    /// As [`TrackedDsl::delete_optimistic`](crate::TrackedDsl::delete_optimistic).
    fn delete_optimistic<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable;

    /// As [`TrackedDsl::reload`](crate::TrackedDsl::reload).
    fn reload<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable;

    /// As [`TrackedDsl::rebase`](crate::TrackedDsl::rebase).
    fn rebase<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable;

    /// As [`TrackedDsl::rebase_with`](crate::TrackedDsl::rebase_with).
    fn rebase_with<'a, C, F>(&'a mut self, conn: &'a mut C, choose: F) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T> + Send + 'a;

    /// As [`TrackedDsl::settle`](crate::TrackedDsl::settle).
    fn settle<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<Outcome, Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable;

    /// As [`TrackedDsl::into_conflict`](crate::TrackedDsl::into_conflict).
    fn into_conflict<'a, C>(self, conn: &'a mut C) -> BoxFuture<'a, Result<Conflict<T>, Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable + 'a;

    /// As [`TrackedDsl::conflict`](crate::TrackedDsl::conflict).
    fn conflict<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<Conflict<T>, Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable;
}

impl<T: OptimisticLock> AsyncTrackedDsl<T> for Tracked<T> {
    fn save_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable,
    {
        Box::pin(T::write_changes(self, None, conn))
    }

    fn save_optimistic_expecting<'a, C>(
        &'a mut self,
        expected: &'a T::Version,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesOn<C> + Trackable,
    {
        Box::pin(T::write_changes(self, Some(expected), conn))
    }

    fn delete_optimistic<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable,
    {
        Box::pin(T::delete_tracked(self, conn))
    }

    fn reload<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable,
    {
        Box::pin(async move { read::reload_tracked(self, T::now(self.original(), conn).await?) })
    }

    fn rebase<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable,
    {
        self.rebase_with(conn, undecided)
    }

    fn rebase_with<'a, C, F>(&'a mut self, conn: &'a mut C, choose: F) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T> + Send + 'a,
    {
        Box::pin(async move { read::rebase(self, T::now(self.original(), conn).await?, choose) })
    }

    fn settle<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<Outcome, Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable,
    {
        Box::pin(T::settle_tracked(self, conn))
    }

    fn into_conflict<'a, C>(self, conn: &'a mut C) -> BoxFuture<'a, Result<Conflict<T>, Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable + 'a,
    {
        let (mine, base) = self.sides();
        Box::pin(async move {
            let now = T::now(&base, conn).await?;
            Ok(Conflict::new(mine, now.row, Some(base)))
        })
    }

    fn conflict<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<Conflict<T>, Error>>
    where
        C: AsyncConnection,
        T: AsyncReloadsOn<C> + Trackable,
    {
        let (mine, base) = self.sides();
        Box::pin(async move {
            let now = T::now(&base, conn).await?;
            Ok(Conflict::new(mine, now.row, Some(base)))
        })
    }
}
