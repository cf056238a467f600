//! Transactions that put versions back when they are rolled back.

use std::num::NonZeroU32;

use diesel::connection::{Connection, TransactionManager as _};
use diesel::result::Error as DieselError;

#[cfg(feature = "async")]
use crate::async_closure::SendAsyncFnOnce;
use crate::error::{Error, TransactionAbortedError};
use crate::model::OptimisticLock;

/// Values whose versions a transaction takes care of: a `&mut` to a model, to a [`Tracked`](crate::Tracked) one or to a
/// slice of models, or a tuple of up to eight such. The models own their fields.
///
/// ```
/// use occ_runtime::VersionedValues;
///
/// fn is_versioned<V: VersionedValues>() {}
/// # use occ_runtime::prelude::*;
/// # diesel::table! { products (id) { id -> Integer, version -> Integer } }
/// # #[derive(OptimisticLock)]
/// # struct Product { id: i32, version: i32 }
/// is_versioned::<&mut Product>();
/// is_versioned::<(&mut Product, &mut [Product])>();
/// ```
pub trait VersionedValues {
    /// What the closure of the transaction gets.
    // Without `where Self: 'r`, which would make a closure for every `'r` demand `Self: 'static`.
    type Borrowed<'r>;

    #[doc(hidden)]
    type Saved;

    #[doc(hidden)]
    fn borrow(&mut self) -> Self::Borrowed<'_>;

    #[doc(hidden)]
    fn save(&self) -> Self::Saved;

    #[doc(hidden)]
    fn restore(&mut self, saved: Self::Saved);

    // Uses the type without that bound, so that the compiler does not ask for it.
    #[doc(hidden)]
    fn __unbound(_: Self::Borrowed<'_>) {}
}

impl<M> VersionedValues for &mut M
where
    M: OptimisticLock<Version: Clone> + 'static,
{
    type Borrowed<'r> = &'r mut M;
    type Saved = M::Version;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self) -> Self::Saved {
        self.version().clone()
    }

    fn restore(&mut self, saved: Self::Saved) {
        self.set_version(saved);
    }
}

impl<M> VersionedValues for &mut [M]
where
    M: OptimisticLock<Version: Clone> + 'static,
{
    type Borrowed<'r> = &'r mut [M];
    type Saved = Vec<M::Version>;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self) -> Self::Saved {
        self.iter().map(|model| model.version().clone()).collect()
    }

    fn restore(&mut self, saved: Self::Saved) {
        for (model, version) in self.iter_mut().zip(saved) {
            model.set_version(version);
        }
    }
}

macro_rules! tuples_are_versioned_values {
    ($($value:ident $index:tt),+) => {
        impl<$($value: VersionedValues),+> VersionedValues for ($($value,)+) {
            type Borrowed<'r> = ($($value::Borrowed<'r>,)+);
            type Saved = ($($value::Saved,)+);

            fn borrow(&mut self) -> Self::Borrowed<'_> {
                ($(self.$index.borrow(),)+)
            }

            fn save(&self) -> Self::Saved {
                ($(self.$index.save(),)+)
            }

            fn restore(&mut self, saved: Self::Saved) {
                $(self.$index.restore(saved.$index);)+
            }
        }
    };
}

tuples_are_versioned_values!(A 0);
tuples_are_versioned_values!(A 0, B 1);
tuples_are_versioned_values!(A 0, B 1, C 2);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// Puts the versions back when it is dropped, be it by `?`, by a panic or with the future around it.
struct Restore<V: VersionedValues> {
    values: V,
    saved: Option<V::Saved>,
}

impl<V: VersionedValues> Restore<V> {
    fn new(values: V) -> Self {
        let saved = Some(values.save());
        Self { values, saved }
    }

    /// The transaction has committed: the versions are what they are.
    fn keep(mut self) {
        self.saved = None;
    }
}

impl<V: VersionedValues> Drop for Restore<V> {
    fn drop(&mut self) {
        if let Some(saved) = self.saved.take() {
            self.values.restore(saved);
        }
    }
}

/// Runs `f` in a transaction, and puts every version back to what it was if the transaction does not commit.
///
/// Use it where a save is not the last thing that can fail. In a plain `conn.transaction(..)` a value that was saved
/// before a rollback stays ahead of its row; here it can simply be saved again. Values that are not handed over are
/// not restored, and neither are other fields than the version. Within another transaction it is a savepoint.
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
/// both cases: you get [`Error::TransactionAborted`] and the old versions. That is two statements more than a plain
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
    let mut values = Restore::new(values);
    let value = conn.transaction(|conn| {
        let depth = depth_of::<C>(conn);
        C::TransactionManager::begin_transaction(conn)?;
        let outcome = match f(conn, values.values.borrow()) {
            Ok(value) => C::TransactionManager::commit_transaction(conn).map(|()| value).map_err(aborted),
            Err(error) => Err(error),
        };
        if outcome.is_err() && depth_of::<C>(conn) > depth {
            // The savepoint counts until it is rolled back, also one that the server has forgotten. What is wrong
            // with the connection, the rollback of the transaction around it reports.
            let _ = C::TransactionManager::rollback_transaction(conn);
        }
        outcome
    })?;
    values.keep();
    Ok(value)
}

/// How many transactions are open within each other; 0 also for a connection that is broken.
fn depth_of<C: Connection>(conn: &mut C) -> u32 {
    let depth = C::TransactionManager::transaction_manager_status_mut(conn).transaction_depth();
    depth.ok().flatten().map_or(0, NonZeroU32::get)
}

fn aborted<E: From<DieselError>>(cause: DieselError) -> E {
    DieselError::from(Error::from(TransactionAbortedError::new(cause))).into()
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
/// If the future is dropped half-way, the versions are put back, but the transaction stays open on the connection:
/// drop the connection too. A pool of diesel-async's does that by itself, since it sees the open transaction.
///
/// # Errors
///
/// As of [`optimistic_transaction`].
// No `async fn`, as the impl of `AsyncRetryDsl` says.
#[cfg(feature = "async")]
pub fn async_optimistic_transaction<C, V, T, E, F>(
    conn: &mut C,
    values: V,
    f: F,
) -> impl Future<Output = Result<T, E>> + Send
where
    C: diesel_async::AsyncConnection,
    V: VersionedValues<Saved: Send> + Send,
    T: Send,
    E: From<DieselError> + Send,
    for<'r, 'v> F: AsyncFnOnce(&'r mut C, V::Borrowed<'v>) -> Result<T, E>
        + SendAsyncFnOnce<(&'r mut C, V::Borrowed<'v>), Result<T, E>>
        + Send,
{
    use diesel_async::TransactionManager as _;

    async move {
        let mut values = Restore::new(values);
        C::TransactionManager::begin_transaction(conn).await?;
        let depth = async_depth_of::<C>(conn);
        let outcome = match C::TransactionManager::begin_transaction(conn).await {
            Ok(()) => match f.call((&mut *conn, values.values.borrow())).await {
                Ok(value) => {
                    C::TransactionManager::commit_transaction(conn).await.map(|()| value).map_err(aborted)
                }
                Err(error) => Err(error),
            },
            Err(error) => Err(error.into()),
        };
        match outcome {
            Ok(value) => {
                C::TransactionManager::commit_transaction(conn).await?;
                values.keep();
                Ok(value)
            }
            Err(error) => {
                if async_depth_of::<C>(conn) > depth {
                    // As above: the savepoint first.
                    let _ = C::TransactionManager::rollback_transaction(conn).await;
                }
                match C::TransactionManager::rollback_transaction(conn).await {
                    Ok(()) | Err(DieselError::BrokenTransactionManager) => Err(error),
                    Err(rollback) => Err(rollback.into()),
                }
            }
        }
    }
}

#[cfg(feature = "async")]
fn async_depth_of<C: diesel_async::AsyncConnection>(conn: &mut C) -> u32 {
    use diesel_async::TransactionManager as _;
    let depth = C::TransactionManager::transaction_manager_status_mut(conn).transaction_depth();
    depth.ok().flatten().map_or(0, NonZeroU32::get)
}
