//! The same bounds for async connections.

use std::future::Future;
use std::pin::Pin;

use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{SingleValue, SqlType};
use diesel_async::methods::{ExecuteDsl, LoadQuery};
use diesel_async::{AsyncConnection, RunQueryDsl, TransactionManager as _};

use crate::all_or_nothing::{self, Batch};
use crate::conflict::Conflict;
use crate::declared::{Declared, Model, ReadBack, Through, VersionSqlType};
use crate::ends::{async_begin as begin, async_end as end};
use crate::error::{Error, Operation};
use crate::fields::Fields;
use crate::generator::VersionGenerator;
use crate::in_flight::{AsyncInFlight as InFlight, async_depth as depth, async_roll_back as roll_back};
use crate::journal;
use crate::loaded::{Check as _, Versioned};
use crate::lock::{LockMode, LockVersion, RowLocks};
use crate::merge::{Choice, merge};
use crate::model::{Columns, OptimisticLock};
use crate::operation;
use crate::outcome;
use crate::reading;
use crate::statement::{
    Always, AsLoaded, Assignments, Chunks, CurrentRow, CurrentVersion, Delete, Erased, Form, FromClause,
    Guard, Guarded, Matched, PresentVersion, ReturningVersion, StoredAs, Update, WholeRow,
    dialect::{self, Speaks},
};
use crate::stub;
use crate::tracked::{Settled, Tracked, Within};

/// A model that can be written, with its version checked, through the async connection `C`: the bound for generic
/// code.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncLocksOn, Error};
///
/// async fn save_both<C, A, B>(a: &mut A, b: &mut B, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     A: AsyncLocksOn<C>,
///     B: AsyncLocksOn<C>,
/// {
///     a.save_optimistic(conn).await?;
///     b.save_optimistic(conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through `{C}`",
    label = "not through this; without a version column it is saved as `Tracked<{Self}>`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is none: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncLocksOn<{C}>`"
)]
pub trait AsyncLocksOn<C: AsyncConnection>: AsyncWritesOn<C> + Versioned {}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncLocksOn<C> for M
where
    M: OptimisticLock,
    C: AsyncConnection + Through<M, Model = M>,
    <C as Through<M>>::Model: AsyncWritesOn<C> + Versioned,
{
}

/// [`WritesOn`](crate::WritesOn) for async connections: the bound for generic code about [`Tracked`] values, of tables with
/// a version and without.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncWritesOn, Error, Fields, Tracked};
///
/// async fn save<C, M>(model: &mut Tracked<M>, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncWritesOn<C> + Fields,
/// {
///     model.save_optimistic(conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through `{C}`",
    label = "this cannot save a `{Self}`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is none: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncWritesOn<{C}>`"
)]
pub trait AsyncWritesOn<C: AsyncConnection>: Columns<C::Backend> {
    #[doc(hidden)]
    fn write<A>(
        &mut self,
        operation: Operation,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn put<A>(
        &self,
        operation: Operation,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn put_generated<A>(
        &self,
        operation: Operation,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn present(&self, conn: &mut C) -> impl Future<Output = QueryResult<Self::Version>> + Send;

    #[doc(hidden)]
    fn send_in_savepoint<S>(
        &self,
        statement: S,
        conn: &mut C,
    ) -> impl Future<Output = Result<usize, Error>> + Send
    where
        S: QueryFragment<C::Backend> + QueryId + Send;

    #[doc(hidden)]
    fn write_changes(
        tracked: &mut Tracked<Self>,
        expected: Option<&Self::Version>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Fields;

    #[doc(hidden)]
    fn put_changes(
        tracked: &mut Tracked<Self>,
        expected: Option<&Self::Version>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Fields;

    #[doc(hidden)]
    fn settle(
        tracked: &Tracked<Self>,
        operation: Operation,
        conn: &mut C,
    ) -> impl Future<Output = Result<Settled, Error>> + Send
    where
        Self: Fields;

    #[doc(hidden)]
    fn delete_tracked(
        tracked: &Tracked<Self>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Fields;

    #[doc(hidden)]
    fn put_unversioned<A>(
        &self,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send + Sync;

    #[doc(hidden)]
    fn send_unversioned<A>(
        &self,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send + Sync;

    #[doc(hidden)]
    fn count_matched<A>(
        update: &Update<'_, Self, A>,
        conn: &mut C,
    ) -> impl Future<Output = Result<usize, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send + Sync;

    #[doc(hidden)]
    fn write_all(rows: &mut [Self], conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn put_all(rows: &[Self], conn: &mut C)
    -> impl Future<Output = Result<Vec<Self::Version>, Error>> + Send;

    #[doc(hidden)]
    fn end_batch<T>(
        rows: &[Self],
        batch: Batch<T>,
        begun: u32,
        conn: &mut C,
    ) -> impl Future<Output = Result<Vec<T>, Error>> + Send
    where
        T: Send;

    #[doc(hidden)]
    fn delete_all(rows: &[Self], conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn send_deletes(rows: &[Self], conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn send(chunks: Chunks<'_, Self>, conn: &mut C) -> impl Future<Output = Result<bool, Error>> + Send;

    #[doc(hidden)]
    fn delete<G>(&self, guard: G, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        G: Guard<C::Backend> + Send;

    #[doc(hidden)]
    fn send_delete<G>(
        &self,
        expected: &Self::Version,
        guard: G,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        G: Guard<C::Backend> + Send;

    #[doc(hidden)]
    fn verify(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncWritesOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: AsyncConnection<Backend: Speaks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static>,
    Model<C, M>: Columns<C::Backend> + Send + Sync,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend> + Send + Sync,
{
    operation::lock_operations!(
        ExecuteDsl::execute,
        version::<M::Checks, _, _, _>,
        version_rarely::<M::Checks, _, _, _>,
        versions::<M::Checks, _, _, _>,
        apart,
        depth,
        begin,
        end,
        roll_back,
        [async, await, Send]
    );
}

/// A model whose row can be locked through the async connection `C`: the bound for
/// [`AsyncOptimisticDsl::lock_optimistic`](crate::AsyncOptimisticDsl::lock_optimistic).
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncLocksRowsOn, Error, LockMode};
///
/// async fn is_free<C, M>(model: &M, conn: &mut C) -> bool
/// where
///     C: AsyncConnection,
///     M: AsyncLocksRowsOn<C>,
/// {
///     model.lock_optimistic(LockMode::Update.skip_locked(), conn).await.is_ok()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be locked through `{C}`",
    label = "`lock_optimistic` needs a backend with row locks",
    note = "PostgreSQL: enable the feature `postgres` of occ-runtime; MySQL and MariaDB: `mysql`",
    note = "SQLite locks no rows: begin with `immediate_transaction`, then call `verify_optimistic`",
    note = "in a generic function, the bound is `{Self}: AsyncLocksRowsOn<{C}>`"
)]
pub trait AsyncLocksRowsOn<C: AsyncConnection>: Columns<C::Backend> + Versioned {
    #[doc(hidden)]
    fn lock(&self, mode: LockMode, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncLocksRowsOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: AsyncConnection<Backend: RowLocks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static>,
    Model<C, M>: Columns<C::Backend> + Versioned + Send + Sync,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend> + Send,
{
    operation::row_lock_operations!(version::<M::Checks, _, _, _>, version_rarely::<M::Checks, _, _, _>, [async, await]);
}

/// A model that can also be read again through the async connection `C`: the bound for
/// [`AsyncOptimisticDsl::reload`](crate::AsyncOptimisticDsl::reload).
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncLoadsOn, Error};
///
/// async fn reload_both<C, M>(a: &mut M, b: &mut M, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncLoadsOn<C>,
/// {
///     a.reload(conn).await?;
///     b.reload(conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be reloaded through `{C}`",
    label = "its row cannot be selected as `{Self}`",
    note = "add `#[derive(Queryable, Selectable)]` to `{Self}`; its fields have to be owned, as `String` and not `&str`",
    note = "if it has both: to see which field cannot be read from its column, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if `{C}` is no connection: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncLoadsOn<{C}>`"
)]
pub trait AsyncLoadsOn<C>: OptimisticLock {
    #[doc(hidden)]
    fn read_row(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn compare(
        mine: Self,
        base: Option<Self>,
        conn: &mut C,
    ) -> impl Future<Output = Result<Conflict<Self>, Error>> + Send;

    #[doc(hidden)]
    fn read_tracked(
        tracked: &mut Tracked<Self>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Fields;

    #[doc(hidden)]
    fn rebase<F>(
        tracked: &mut Tracked<Self>,
        choose: F,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Fields,
        F: FnMut(&'static str, &Self, &Self, &Self) -> Choice + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncLoadsOn<C> for M
where
    M: OptimisticLock,
    C: AsyncReads<M, M::Checks>,
{
    fn read_row(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send {
        conn.read_again(self)
    }

    fn compare(
        mine: Self,
        base: Option<Self>,
        conn: &mut C,
    ) -> impl Future<Output = Result<Conflict<Self>, Error>> + Send {
        conn.compare(mine, base)
    }

    fn read_tracked(
        tracked: &mut Tracked<Self>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Fields,
    {
        conn.read_tracked(tracked)
    }

    fn rebase<F>(
        tracked: &mut Tracked<Self>,
        choose: F,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Fields,
        F: FnMut(&'static str, &Self, &Self, &Self) -> Choice + Send,
    {
        conn.merge_row(tracked, choose)
    }
}

/// As [`Reads`](crate::bounds::Reads).
#[doc(hidden)]
pub trait AsyncReads<M, Checks = Declared<false>> {
    fn current(&mut self, row: &M) -> impl Future<Output = Result<Option<M>, Error>> + Send;

    fn fresh(&mut self, operation: Operation, row: &M) -> impl Future<Output = Result<M, Error>> + Send;

    fn read_again(&mut self, row: &mut M) -> impl Future<Output = Result<(), Error>> + Send;

    fn compare(
        &mut self,
        mine: M,
        base: Option<M>,
    ) -> impl Future<Output = Result<Conflict<M>, Error>> + Send;

    fn read_tracked(&mut self, tracked: &mut Tracked<M>) -> impl Future<Output = Result<(), Error>> + Send
    where
        M: Fields;

    fn merge_row<F>(
        &mut self,
        tracked: &mut Tracked<M>,
        choose: F,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        M: Fields,
        F: FnMut(&'static str, &M, &M, &M) -> Choice + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C, E, ST> AsyncReads<M, Declared<false>> for C
where
    C: AsyncConnection<Backend: QueryMetadata<AsSelect<M, C::Backend>> + 'static>,
    M: Columns<C::Backend> + Selectable<C::Backend, SelectExpression = E> + FromSqlRow<ST, C::Backend>,
    M: Send + Sync + 'static,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table> + QueryFragment<C::Backend> + QueryId + Send,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend> + Send,
{
    reading::load_operations!(AsyncReads, first, all, depth, [async, await, Send]);
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncReads<M, Declared<true>> for C
where
    M: OptimisticLock + Send + Sync,
    C: Send,
{
    reading::no_load_operations!([async, Send]);
}

/// The one row of a query. Boxed, as a future that names the query cannot be shown to be `Send` here
/// (<https://github.com/rust-lang/rust/issues/100013>); only reading needs it, never a write that succeeds.
pub(crate) fn first<'c, 'q: 'c, C, Q, U>(
    query: Q,
    conn: &'c mut C,
) -> Pin<Box<dyn Future<Output = QueryResult<U>> + Send + 'c>>
where
    C: AsyncConnection,
    Q: LoadQuery<'q, C, U> + Send + 'q,
    U: Send + 'c,
{
    Box::pin(RunQueryDsl::get_result(query, conn))
}

/// All rows of a query. Boxed as [`first`] is.
fn all<'c, 'q: 'c, C, Q, U>(
    query: Q,
    conn: &'c mut C,
) -> Pin<Box<dyn Future<Output = QueryResult<Vec<U>>> + Send + 'c>>
where
    C: AsyncConnection,
    Q: LoadQuery<'q, C, U> + Send + 'q,
    U: Send + 'c,
{
    Box::pin(RunQueryDsl::get_results(query, conn))
}

/// The version that a query for one row gives. Boxed as [`first`] is.
fn version<'c, 'q: 'c, K, C, Q, V>(
    query: Q,
    conn: &'c mut C,
) -> Pin<Box<dyn Future<Output = QueryResult<V>> + Send + 'c>>
where
    C: AsyncConnection,
    Q: Query + LoadQuery<'q, C, V::Row> + Send + 'q,
    V: ReadBack<Q::SqlType, C::Backend, K> + Send + 'c,
    V::Row: 'c,
{
    Box::pin(async move { RunQueryDsl::get_result(query, conn).await.map(V::version) })
}

/// The same of a query that is rarely sent: see [`Erased`].
fn version_rarely<'c, 'q: 'c, K, C, Q, V>(
    query: Q,
    conn: &'c mut C,
) -> Pin<Box<dyn Future<Output = QueryResult<V>> + Send + 'c>>
where
    C: AsyncConnection<Backend: 'static>,
    Q: Query + QueryFragment<C::Backend> + Send + 'q,
    V: ReadBack<Q::SqlType, C::Backend, K> + Send + 'c,
    V::Row: 'c,
    Erased<dyn QueryFragment<C::Backend> + Send + 'q, Q::SqlType>: LoadQuery<'q, C, V::Row>,
{
    let query = Erased::<dyn QueryFragment<C::Backend> + Send + 'q, Q::SqlType>::new(Box::new(query));
    let rows = all::<_, _, V::Row>(query, conn);
    Box::pin(async move { outcome::only(rows.await?).map(V::version) })
}

/// Boxed, so that a future that only awaits it on some condition known to the compiler holds no code for it otherwise.
fn apart<'f, T>(future: impl Future<Output = T> + Send + 'f) -> Pin<Box<dyn Future<Output = T> + Send + 'f>> {
    Box::pin(future)
}

/// The versions that a query for many rows gives. Boxed as [`first`] is.
fn versions<'c, 'q: 'c, K, C, Q, V>(
    query: Q,
    conn: &'c mut C,
) -> Pin<Box<dyn Future<Output = QueryResult<Vec<V>>> + Send + 'c>>
where
    C: AsyncConnection,
    Q: Query + LoadQuery<'q, C, V::Row> + Send + 'q,
    V: ReadBack<Q::SqlType, C::Backend, K> + Send + 'c,
    V::Row: 'c,
{
    Box::pin(async move {
        let rows: Vec<V::Row> = RunQueryDsl::get_results(query, conn).await?;
        Ok(rows.into_iter().map(V::version).collect())
    })
}
