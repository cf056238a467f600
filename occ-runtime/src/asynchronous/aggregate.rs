//! The children of an aggregate, written under the lock of its root, for async connections.

use std::future::Future;

use diesel_async::{AsyncConnection, TransactionManager as _};

use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::closure::SendAsyncFnOnce;
use crate::asynchronous::saves::AsyncSavesOn;
use crate::error::Error;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
// What the bodies name.
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its bodies name")]
use crate::operation::children::{self, *};
use crate::transaction::ends::{async_begin, async_end};
use crate::transaction::in_flight::{AsyncInFlight, async_depth};
use crate::transaction::restore::Restorable;

/// [`AggregateDsl`](crate::AggregateDsl) for diesel-async's connections: the same names, outcomes and statements.
///
/// ```
/// use diesel::prelude::*;
/// use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
/// use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
/// use occ_runtime::Error;
/// use occ_runtime::async_prelude::*;
/// # diesel::table! { orders (id) { id -> Integer, version -> Integer } }
/// # diesel::table! { order_lines (id) { id -> Integer, amount -> Integer, version -> Integer } }
/// # #[derive(Queryable, Selectable, OptimisticLock)]
/// # struct Order { id: i32, version: i32 }
/// # #[derive(Queryable, Selectable, OptimisticLock)]
/// # struct OrderLine { id: i32, amount: i32, version: i32 }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let conn = &mut SyncConnectionWrapper::<SqliteConnection>::establish(":memory:").await?;
/// # conn.batch_execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, version INTEGER NOT NULL); INSERT INTO orders VALUES (1, 1);
/// #     CREATE TABLE order_lines (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, version INTEGER NOT NULL);
/// #     INSERT INTO order_lines VALUES (1, 40, 1), (2, 40, 1);").await?;
/// let mut order = orders::table.find(1).select(Order::as_select()).first(conn).await?;
/// let mut lines: Vec<OrderLine> = order_lines::table.select(OrderLine::as_select()).load(conn).await?;
/// let saved: Result<(), Error> = order
///     .with_these_children(conn, &mut lines, async |conn, _, lines| {
///         lines[0].amount = 60;
///         lines[0].save_optimistic(conn).await
///     })
///     .await;
/// saved?;
/// assert_eq!((order.version, lines[0].version), (2, 2));
///
/// let deleted: Result<usize, Error> = order
///     .with_children(conn, async |conn| Ok(diesel::delete(order_lines::table.find(2)).execute(conn).await?))
///     .await;
/// assert_eq!((deleted?, order.version), (1, 3));
/// # Ok(())
/// # }
/// ```
///
/// The futures are `Send`, and the closures as those of
/// [`async_optimistic_transaction`](crate::async_optimistic_transaction). If a future is dropped half-way, what was handed over is put back,
/// the root with it, and the connection is of no more use: [`needs_new_connection`](crate::Error::needs_new_connection).
pub trait AsyncAggregateDsl: Sized {
    /// As [`AggregateDsl::with_children`](crate::AggregateDsl::with_children).
    fn with_children<'a, C, T, E, F>(&'a mut self, conn: &'a mut C, f: F) -> BoxFuture<'a, Result<T, E>>
    where
        C: AsyncConnection,
        Self: AsyncHasChildrenOn<C>,
        T: Send + 'a,
        E: From<Error> + Send + 'a,
        for<'r> F:
            AsyncFnOnce(&'r mut C) -> Result<T, E> + SendAsyncFnOnce<(&'r mut C,), Result<T, E>> + Send + 'a,
    {
        self.hold_alone(conn, f)
    }

    /// As [`AggregateDsl::with_these_children`](crate::AggregateDsl::with_these_children).
    fn with_these_children<'a, C, V, T, E, F>(
        &'a mut self,
        conn: &'a mut C,
        children: V,
        f: F,
    ) -> BoxFuture<'a, Result<T, E>>
    where
        C: AsyncConnection,
        Self: AsyncHasChildrenOn<C>,
        V: Restorable<Saved: Send> + Send + 'a,
        T: Send + 'a,
        E: From<Error> + Send + 'a,
        for<'r, 'p, 'v> F: AsyncFnOnce(&'r mut C, &'p mut Self, V::Borrowed<'v>) -> Result<T, E>
            + SendAsyncFnOnce<(&'r mut C, &'p mut Self, V::Borrowed<'v>), Result<T, E>>
            + Send
            + 'a,
    {
        self.hold(children, conn, f)
    }
}

impl<M: OptimisticLock> AsyncAggregateDsl for M {}

impl<T: Trackable> AsyncAggregateDsl for Tracked<T> {}

/// [`HasChildrenOn`](crate::bound::HasChildrenOn) for async connections: the bound for generic code that calls
/// [`with_children`](AsyncAggregateDsl::with_children).
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{Error, bound::AsyncHasChildrenOn};
///
/// async fn move_on<C, R>(root: &mut R, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     R: AsyncAggregateDsl + AsyncHasChildrenOn<C>,
/// {
///     root.with_children(conn, async |_| Ok(())).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the root of an aggregate through `{C}`",
    label = "its version cannot be moved by this, or not be put back after a rollback",
    note = "its table has a version, it owns its fields, as `String` and not `&str`, and its version is `Clone`",
    note = "if `{C}` is no connection: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncHasChildrenOn<{C}>`"
)]
pub trait AsyncHasChildrenOn<C: AsyncConnection>: Sized {
    #[doc(hidden)]
    fn claim(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn hold_alone<'a, T, E, F>(&'a mut self, conn: &'a mut C, f: F) -> BoxFuture<'a, Result<T, E>>
    where
        T: Send + 'a,
        E: From<Error> + Send + 'a,
        for<'r> F: SendAsyncFnOnce<(&'r mut C,), Result<T, E>> + Send + 'a;

    #[doc(hidden)]
    fn hold<'a, V, T, E, F>(&'a mut self, children: V, conn: &'a mut C, f: F) -> BoxFuture<'a, Result<T, E>>
    where
        V: Restorable<Saved: Send> + Send + 'a,
        T: Send + 'a,
        E: From<Error> + Send + 'a,
        for<'r, 'p, 'v> F:
            SendAsyncFnOnce<(&'r mut C, &'p mut Self, V::Borrowed<'v>), Result<T, E>> + Send + 'a;
}

macro_rules! holds {
    () => {
        fn hold_alone<'a, T, E, F>(&'a mut self, conn: &'a mut C, f: F) -> BoxFuture<'a, Result<T, E>>
        where
            T: Send + 'a,
            E: From<Error> + Send + 'a,
            for<'r> F: SendAsyncFnOnce<(&'r mut C,), Result<T, E>> + Send + 'a,
        {
            hold!(self, conn, (), |conn, _root, _children| f.call((conn,)))
        }

        fn hold<'a, V, T, E, F>(
            &'a mut self,
            children: V,
            conn: &'a mut C,
            f: F,
        ) -> BoxFuture<'a, Result<T, E>>
        where
            V: Restorable<Saved: Send> + Send + 'a,
            T: Send + 'a,
            E: From<Error> + Send + 'a,
            for<'r, 'p, 'v> F:
                SendAsyncFnOnce<(&'r mut C, &'p mut Self, V::Borrowed<'v>), Result<T, E>> + Send + 'a,
        {
            hold!(self, conn, children, |conn, root, children| f.call((conn, root, children)))
        }
    };
}

macro_rules! hold {
    ($self:ident, $conn:ident, $children:expr, |$c:ident, $root:ident, $handed:ident| $run:expr) => {{
        let values = ($self, $children);
        let held = async move {
            children::hold!(
                $conn,
                values,
                AsyncInFlight,
                async_depth,
                async_begin,
                async_end,
                |$c, $root, $handed| $root.claim($c),
                $run,
                during_polls,
                async,
                move,
                await
            )
        };
        Box::pin(async move {
            let held: Result<T, Fault<E>> = held.await;
            held.map_err(Fault::into_error)
        })
    }};
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncHasChildrenOn<C> for M
where
    C: AsyncConnection,
    M: AsyncSavesOn<C> + OptimisticLock<Version: Clone + Send> + Send + 'static,
{
    async fn claim(&mut self, conn: &mut C) -> Result<(), Error> {
        self.write(Operation::Touch, None, Nothing, conn).await
    }

    holds!();
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncHasChildrenOn<C> for Tracked<M>
where
    C: AsyncConnection,
    M: AsyncSavesOn<C> + Trackable + Send + 'static,
{
    children::tracked_operations!(asynchronous, async, await, Send);

    holds!();
}
