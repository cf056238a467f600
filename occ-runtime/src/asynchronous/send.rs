//! How a statement is sent through an async connection: the names that the bodies in `operation` take from this wing.
//!
//! Reading is boxed, as a future that names the query cannot be shown to be `Send` here
//! (<https://github.com/rust-lang/rust/issues/100013>); a write that succeeds never is.

use std::future::Future;
use std::pin::Pin;

use diesel::deserialize::FromSqlRow;
use diesel::expression::QueryMetadata;
use diesel::query_builder::{Query, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::Integer;
use diesel_async::methods::LoadQuery;
use diesel_async::{AsyncConnection, AsyncConnectionCore, RunQueryDsl};

use crate::model::declared::ReadBack;
use crate::model::optimistic_lock::{OptimisticLock, has_schema};
use crate::operation::verdict;
use crate::statement::dialect::{self, AskForMysql, Dialect};
use crate::statement::erased::Erased;

pub(crate) use diesel_async::methods::ExecuteDsl;

pub(crate) use crate::transaction::ends::{async_begin as begin, async_end as end};
pub(crate) use crate::transaction::in_flight::{
    AsyncInFlight as InFlight, async_depth as depth, async_roll_back as roll_back,
};

type Boxed<'f, T> = Pin<Box<dyn Future<Output = T> + Send + 'f>>;

type Row<M, Q, C> = <<M as OptimisticLock>::Version as ReadBack<
    <Q as Query>::SqlType,
    <C as AsyncConnectionCore>::Backend,
    <M as OptimisticLock>::Checks,
>>::Row;

/// Boxed, so that a future that only awaits it on some condition known to the compiler holds no code for it otherwise.
pub(crate) fn boxed<'f, T>(future: impl Future<Output = T> + Send + 'f) -> Boxed<'f, T> {
    Box::pin(future)
}

/// Whether the database answers an `INSERT` with the row of `M`. A backend that is not Diesel's is asked.
pub(crate) fn returns_new_rows<M, C>(conn: &mut C) -> Boxed<'_, QueryResult<bool>>
where
    C: AsyncConnection<Backend: QueryMetadata<Integer> + 'static>,
    M: OptimisticLock,
    i32: FromSqlRow<Integer, C::Backend>,
{
    Box::pin(async move {
        if dialect::tells_new_rows::<C::Backend>(has_schema::<M>()) {
            return Ok(false);
        }
        match Dialect::of::<C::Backend>() {
            None => all(AskForMysql, conn).await.map(|answers: Vec<i32>| !AskForMysql::is_yes(&answers)),
            known => Ok(dialect::returns_new_rows(known)),
        }
    })
}

/// The one row of a query.
pub(crate) fn first<'c, 'q: 'c, C, Q, U>(query: Q, conn: &'c mut C) -> Boxed<'c, QueryResult<U>>
where
    C: AsyncConnection,
    Q: LoadQuery<'q, C, U> + Send + 'q,
    U: Send + 'c,
{
    Box::pin(RunQueryDsl::get_result(query, conn))
}

/// All rows of a query.
pub(crate) fn all<'c, 'q: 'c, C, Q, U>(query: Q, conn: &'c mut C) -> Boxed<'c, QueryResult<Vec<U>>>
where
    C: AsyncConnection,
    Q: LoadQuery<'q, C, U> + Send + 'q,
    U: Send + 'c,
{
    Box::pin(RunQueryDsl::get_results(query, conn))
}

/// The version that a query for one row gives.
pub(crate) fn version<'c, 'q: 'c, M, C, Q>(query: Q, conn: &'c mut C) -> Boxed<'c, QueryResult<M::Version>>
where
    C: AsyncConnection,
    M: OptimisticLock<Version: ReadBack<Q::SqlType, C::Backend, M::Checks>>,
    Q: Query + LoadQuery<'q, C, Row<M, Q, C>> + Send + 'q,
    Row<M, Q, C>: 'c,
{
    let row = first::<_, _, Row<M, Q, C>>(query, conn);
    Box::pin(async move { row.await.map(M::Version::version) })
}

/// The same of a query that is rarely sent: see [`Erased`]. It notices a second row.
pub(crate) fn rare_version<'c, 'q: 'c, M, C, Q>(
    query: Q,
    conn: &'c mut C,
) -> Boxed<'c, QueryResult<M::Version>>
where
    C: AsyncConnection<Backend: 'static>,
    M: OptimisticLock<Version: ReadBack<Q::SqlType, C::Backend, M::Checks>>,
    Q: Query + QueryFragment<C::Backend> + Send + 'q,
    Row<M, Q, C>: 'c,
    Erased<dyn QueryFragment<C::Backend> + Send + 'q, Q::SqlType>: LoadQuery<'q, C, Row<M, Q, C>>,
{
    let query = Erased::<dyn QueryFragment<C::Backend> + Send + 'q, Q::SqlType>::new(Box::new(query));
    let rows = all::<_, _, Row<M, Q, C>>(query, conn);
    Box::pin(async move { verdict::only(rows.await?).map(M::Version::version) })
}

/// The versions that a query for many rows gives.
pub(crate) fn versions<'c, 'q: 'c, M, C, Q>(
    query: Q,
    conn: &'c mut C,
) -> Boxed<'c, QueryResult<Vec<M::Version>>>
where
    C: AsyncConnection,
    M: OptimisticLock<Version: ReadBack<Q::SqlType, C::Backend, M::Checks>>,
    Q: Query + LoadQuery<'q, C, Row<M, Q, C>> + Send + 'q,
    Row<M, Q, C>: 'c,
{
    let rows = all::<_, _, Row<M, Q, C>>(query, conn);
    Box::pin(async move { Ok(rows.await?.into_iter().map(M::Version::version).collect()) })
}
