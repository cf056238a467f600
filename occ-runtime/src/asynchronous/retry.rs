//! `run` and `modify` for diesel-async's connections.

use diesel::result::Error as DieselError;
use diesel_async::{AsyncConnection, TransactionManager as _};
use tokio::time::sleep;

use crate::asynchronous::bounds::AsyncSavesTrackedOn;
use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::closure::SendAsyncFnOnce;
use crate::asynchronous::find::AsyncModifiesOn;
use crate::asynchronous::reload::AsyncReloadsOn;
use crate::asynchronous::saves::AsyncSavesOn;
use crate::conflict::merge::{Choice, undecided};
use crate::error::Error;
use crate::error::fault::Fault;
use crate::error::stale::Operation;
use crate::model::fields::Trackable;
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its bodies name")]
use crate::operation::merging::*;
use crate::operation::verdict::without_snapshot;
use crate::retry::attempts::AsyncAttempts as Attempts;
use crate::retry::failure::{ModifyOutcome, RetryError};
use crate::retry::loops::{self, Look};
use crate::retry::policy::RetryPolicy;
use crate::statement::assign::WholeRow;
use crate::statement::dialect;
use crate::transaction::ends::{async_begin as begin, async_end as end};
use crate::transaction::in_flight::{AsyncInFlight, async_depth as depth};
use crate::transaction::journal::{Journal, Running};
use crate::transaction::proof::{Proof, proven};
use crate::transaction::restore::{Restorable, Restore};

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
/// Dropped during an attempt they leave the connection of no more use, and it says so: see
/// [`needs_new_connection`](crate::Error::needs_new_connection). Dropped while they wait for the next one, they leave nothing.
pub trait AsyncRetryDsl {
    /// As [`RetryDsl::run`](crate::RetryDsl::run). The future is `Send`, so it is awaited in a handler or a spawned task,
    /// with a closure that borrows from there:
    ///
    /// ```
    /// use axum::Router;
    /// use axum::extract::{Path, State};
    /// use axum::http::StatusCode;
    /// use axum::routing::put;
    /// # use diesel::prelude::*;
    /// # use diesel_async::pooled_connection::{AsyncDieselConnectionManager, deadpool::Pool};
    /// # use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
    /// # use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
    /// # use occ_runtime::Error;
    /// # use occ_runtime::async_prelude::*;
    /// # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
    /// # #[derive(Queryable, Selectable, OptimisticLock)]
    /// # struct Product { id: i32, name: String, version: i32 }
    /// # type Connection = SyncConnectionWrapper<SqliteConnection>;
    ///
    /// async fn rename(
    ///     State(pool): State<Pool<Connection>>,
    ///     Path(id): Path<i32>,
    ///     name: String,
    /// ) -> Result<(), StatusCode> {
    ///     let mut conn = pool.get().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    ///     let renamed: Result<(), Error> = RetryPolicy::new()
    ///         .run(&mut conn, async |conn| {
    ///             let mut product = products::table.find(id).select(Product::as_select()).first(conn).await?;
    ///             product.name.clone_from(&name);
    ///             product.save_optimistic(conn).await
    ///         })
    ///         .await;
    ///     renamed.map_err(|_| StatusCode::CONFLICT)
    /// }
    ///
    /// let app: Router<Pool<Connection>> = Router::new().route("/products/{id}/name", put(rename));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn answers() -> Result<(), Box<dyn std::error::Error>> {
    /// # let pool = Pool::builder(AsyncDieselConnectionManager::<Connection>::new(":memory:")).max_size(1).build()?;
    /// # pool.get().await?.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL);
    /// #                                  INSERT INTO products VALUES (1, 'lamp', 1);").await?;
    /// # rename(State(pool.clone()), Path(1), "desk lamp".into()).await.map_err(|status| status.to_string())?;
    /// # let name: String = products::table.select(products::name).first(&mut pool.get().await?).await?;
    /// # assert_eq!(name, "desk lamp");
    /// # Ok(())
    /// # }
    /// # answers().unwrap();
    /// ```
    ///
    /// # What the closure captures
    ///
    /// Each attempt calls a clone of the closure, so that none sees what another has left in it.
    ///
    /// | captured | |
    /// |---|---|
    /// | by reference: locals, arguments, `self` | as it is |
    /// | by value, with `move` | is cloned for each attempt, which may consume it; an `Arc` costs next to nothing |
    /// | by `&mut` | does not compile: return it from the closure instead, or change it behind a reference, as below |
    /// | what may not go to another thread, such as an `Rc` or a `Cell` | does not compile, as in diesel-async's own `transaction` |
    ///
    /// What has to last from one attempt to the next is behind a reference: an atomic, or a `Mutex` around what you would
    /// have captured by `&mut` (tokio's, if it is held across an `.await`).
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
    /// # use diesel_async::{AsyncConnection, SimpleAsyncConnection};
    /// # use occ_runtime::Error;
    /// # use occ_runtime::async_prelude::*;
    /// # diesel::table! { products (id) { id -> Integer, version -> Integer } }
    /// # #[derive(Queryable, Selectable, OptimisticLock)]
    /// # struct Product { id: i32, version: i32 }
    /// use std::sync::Mutex;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let conn = &mut SyncConnectionWrapper::<SqliteConnection>::establish(":memory:").await?;
    /// # conn.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
    /// #                     INSERT INTO products VALUES (1, 2);").await?;
    /// # let read = Product { id: 1, version: 1 };
    /// let mut seen = Vec::new();
    /// let log = Mutex::new(&mut seen);
    /// let result: Result<(), Error> = RetryPolicy::new()
    ///     .attempts(3)
    ///     .run(conn, async |conn| {
    ///         log.lock().unwrap().push(read.version);
    ///         read.verify_optimistic(conn).await
    ///     })
    ///     .await;
    /// assert!(result.is_err());
    /// assert_eq!(seen, [1, 1, 1]);
    /// # Ok(())
    /// # }
    /// ```
    fn run<'a, C, T, E, F>(&'a self, conn: &'a mut C, f: F) -> BoxFuture<'a, Result<T, E>>
    where
        C: AsyncConnection,
        T: Send + 'a,
        E: RetryError + From<DieselError> + Send + 'a,
        for<'r> F: AsyncFnOnce(&'r mut C) -> Result<T, E>
            + SendAsyncFnOnce<(&'r mut C,), Result<T, E>>
            + Clone
            + Send
            + 'a;

    /// As [`RetryDsl::run_with`](crate::RetryDsl::run_with): the way to change, in each attempt, values from outside. What the
    /// closure captures is as in [`run`](Self::run).
    ///
    /// ```
    /// # use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
    /// # use diesel_async::{AsyncConnection, SimpleAsyncConnection};
    /// # use occ_runtime::Error;
    /// # use occ_runtime::async_prelude::*;
    /// # diesel::table! { products (id) { id -> Integer, version -> Integer } }
    /// # #[derive(diesel::Queryable, diesel::Selectable, OptimisticLock)]
    /// # struct Product { id: i32, version: i32 }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let conn = &mut SyncConnectionWrapper::<diesel::SqliteConnection>::establish(":memory:").await?;
    /// # conn.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
    /// #                     INSERT INTO products VALUES (1, 2);").await?;
    /// let mut outdated = Product { id: 1, version: 1 };
    /// let saved: Result<(), Error> = RetryPolicy::new()
    ///     .run_with(conn, &mut outdated, async |conn, product| {
    ///         product.reload(conn).await?;
    ///         product.save_optimistic(conn).await
    ///     })
    ///     .await;
    /// saved?;
    /// assert_eq!(outdated.version, 3);
    /// # Ok(())
    /// # }
    /// ```
    fn run_with<'a, C, V, T, E, F>(&'a self, conn: &'a mut C, values: V, f: F) -> BoxFuture<'a, Result<T, E>>
    where
        C: AsyncConnection,
        V: Restorable<Saved: Send> + Send + 'a,
        T: Send + 'a,
        E: RetryError + From<DieselError> + Send + 'a,
        for<'r, 'v> F: AsyncFnOnce(&'r mut C, V::Borrowed<'v>) -> Result<T, E>
            + SendAsyncFnOnce<(&'r mut C, V::Borrowed<'v>), Result<T, E>>
            + Clone
            + Send
            + 'a;

    /// As [`RetryDsl::modify`](crate::RetryDsl::modify). The closure does not wait, and may capture whatever is `Send`,
    /// also by `&mut`; it is the same one at each attempt.
    fn modify<'a, M, C, K, R, F>(
        &'a self,
        key: K,
        conn: &'a mut C,
        f: F,
    ) -> BoxFuture<'a, Result<M, R::Error>>
    where
        C: AsyncConnection,
        K: Send + 'a,
        M: AsyncSavesOn<C> + AsyncModifiesOn<C, K> + Send + 'a,
        R: ModifyOutcome<Error: Send> + 'a,
        F: FnMut(&mut M) -> R + Send + 'a;

    /// As [`RetryDsl::save_merging`](crate::RetryDsl::save_merging).
    fn save_merging<'a, T, C>(
        &'a self,
        tracked: &'a mut Tracked<T>,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Saved, Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + AsyncReloadsOn<C> + Trackable,
    {
        self.save_merging_with(tracked, undecided, conn)
    }

    /// As [`RetryDsl::save_merging_with`](crate::RetryDsl::save_merging_with).
    fn save_merging_with<'a, T, C, F>(
        &'a self,
        tracked: &'a mut Tracked<T>,
        choose: F,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Saved, Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + AsyncReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T> + Send + 'a;
}

// The type of an `async fn` does not say `Send`: each handler would have to prove it anew, and cannot where the connection
// or an error has a lifetime in its type, as one that is borrowed from bb8 or a boxed one has.
impl AsyncRetryDsl for RetryPolicy {
    fn run<'a, C, T, E, F>(&'a self, conn: &'a mut C, f: F) -> BoxFuture<'a, Result<T, E>>
    where
        C: AsyncConnection,
        T: Send + 'a,
        E: RetryError + From<DieselError> + Send + 'a,
        for<'r> F: AsyncFnOnce(&'r mut C) -> Result<T, E>
            + SendAsyncFnOnce<(&'r mut C,), Result<T, E>>
            + Clone
            + Send
            + 'a,
    {
        Box::pin(async move {
            loops::run!(self, conn, depth, AsyncInFlight, begin, sleep, |conn, before| {
                let proof = dialect::proof::<C::Backend>();
                let journal = Journal::of(conn, before, proof.depth(before));
                let running = Running::of(journal, AsyncInFlight::<C>::IF_DROPPED);
                let outcome = proven!(proof, before, depth, conn, {
                    let outcome = running.journal.during_polls(f.clone().call((&mut *conn,))).await;
                    running.journal.unless_over(outcome)
                }, await);
                let outcome = end(outcome, before, conn).await;
                running.ends(outcome, depth(conn).is_ok())
            }, [await])
        })
    }

    fn run_with<'a, C, V, T, E, F>(
        &'a self,
        conn: &'a mut C,
        mut values: V,
        f: F,
    ) -> BoxFuture<'a, Result<T, E>>
    where
        C: AsyncConnection,
        V: Restorable<Saved: Send> + Send + 'a,
        T: Send + 'a,
        E: RetryError + From<DieselError> + Send + 'a,
        for<'r, 'v> F: AsyncFnOnce(&'r mut C, V::Borrowed<'v>) -> Result<T, E>
            + SendAsyncFnOnce<(&'r mut C, V::Borrowed<'v>), Result<T, E>>
            + Clone
            + Send
            + 'a,
    {
        Box::pin(async move {
            loops::run!(self, conn, depth, AsyncInFlight, begin, sleep, |conn, before| {
                let mut handed = Restore::new(&mut values, AsyncInFlight::<C>::IF_DROPPED);
                let proof = dialect::proof::<C::Backend>();
                let journal = handed.journal(conn, before, proof.depth(before));
                let outcome = proven!(proof, before, depth, conn, {
                    let outcome = journal.during_polls(f.clone().call((&mut *conn, handed.borrow()))).await;
                    journal.unless_over(outcome)
                }, await);
                let outcome = end(outcome, before, conn).await;
                handed.end(outcome, depth(conn).is_ok())
            }, [await])
        })
    }

    fn modify<'a, M, C, K, R, F>(
        &'a self,
        key: K,
        conn: &'a mut C,
        mut f: F,
    ) -> BoxFuture<'a, Result<M, R::Error>>
    where
        C: AsyncConnection,
        K: Send + 'a,
        M: AsyncSavesOn<C> + AsyncModifiesOn<C, K> + Send + 'a,
        R: ModifyOutcome<Error: Send> + 'a,
        F: FnMut(&mut M) -> R + Send + 'a,
    {
        Box::pin(async move {
            loops::modify!(self, key, conn, f, change, depth, AsyncInFlight, begin, end, sleep, [await])
        })
    }

    fn save_merging_with<'a, T, C, F>(
        &'a self,
        tracked: &'a mut Tracked<T>,
        mut choose: F,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Saved, Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + AsyncReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T> + Send + 'a,
    {
        Box::pin(async move { save_merging!(self, tracked, choose, conn, merge_once, depth, sleep, [await]) })
    }
}

async fn merge_once<T, C, F>(
    tracked: &mut Tracked<T>,
    choose: &mut F,
    conn: &mut C,
) -> Result<Option<Saved>, Error>
where
    C: AsyncConnection,
    T: AsyncSavesTrackedOn<C> + AsyncReloadsOn<C> + Trackable,
    F: FnMut(&'static str, &T, &T, &T) -> Choice<T> + Send,
{
    merge_and_save!(tracked, choose, conn, [await])
}

async fn change<M, C, K, R, F>(
    finder: &M::Finder,
    look: Look,
    lost: &mut Option<M>,
    f: &mut F,
    conn: &mut C,
) -> Result<M, Fault<R::Error>>
where
    C: AsyncConnection,
    K: Send,
    M: AsyncSavesOn<C> + AsyncModifiesOn<C, K> + Send,
    R: ModifyOutcome<Error: Send>,
    F: FnMut(&mut M) -> R + Send,
{
    loops::change!(finder, look, lost, f, conn, [await])
}
