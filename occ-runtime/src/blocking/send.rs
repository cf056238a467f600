//! How a statement is sent through a blocking connection: the names that the bodies in `operation` take from this wing.

use diesel::RunQueryDsl as _;
use diesel::connection::{Connection, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::expression::QueryMetadata;
use diesel::query_builder::{Query, QueryFragment};
use diesel::query_dsl::methods::LoadQuery;
use diesel::result::QueryResult;
use diesel::sql_types::Integer;

use crate::model::declared::ReadBack;
use crate::model::optimistic_lock::{OptimisticLock, has_schema};
use crate::operation::verdict;
use crate::statement::dialect::{self, AskForMysql, Dialect};
use crate::statement::erased::Erased;

pub(crate) use std::convert::identity as boxed;

pub(crate) use diesel::query_dsl::methods::ExecuteDsl;

pub(crate) use crate::transaction::ends::{begin, end};
pub(crate) use crate::transaction::in_flight::{InFlight, depth, roll_back};

/// Whether the database answers an `INSERT` with the row of `M`. A backend that is not Diesel's is asked.
pub(crate) fn returns_new_rows<M, C>(conn: &mut C) -> QueryResult<bool>
where
    C: Connection<Backend: QueryMetadata<Integer> + 'static> + LoadConnection,
    M: OptimisticLock,
    i32: FromSqlRow<Integer, C::Backend>,
{
    if dialect::tells_new_rows::<C::Backend>(has_schema::<M>()) {
        return Ok(false);
    }
    match Dialect::of::<C::Backend>() {
        None => all(AskForMysql, conn).map(|answers: Vec<i32>| !AskForMysql::is_yes(&answers)),
        known => Ok(dialect::returns_new_rows(known)),
    }
}

/// All rows of a query.
pub(crate) fn all<'q, C, Q, U>(query: Q, conn: &mut C) -> QueryResult<Vec<U>>
where
    C: Connection,
    Q: LoadQuery<'q, C, U> + diesel::RunQueryDsl<C>,
{
    query.get_results(conn)
}

type Row<M, Q, C> = <<M as OptimisticLock>::Version as ReadBack<
    <Q as Query>::SqlType,
    <C as Connection>::Backend,
    <M as OptimisticLock>::Checks,
>>::Row;

/// The version that a query for one row gives.
pub(crate) fn version<'q, M, C, Q>(query: Q, conn: &mut C) -> QueryResult<M::Version>
where
    C: Connection,
    M: OptimisticLock<Version: ReadBack<Q::SqlType, C::Backend, M::Checks>>,
    Q: Query + LoadQuery<'q, C, Row<M, Q, C>>,
{
    query.get_result(conn).map(M::Version::version)
}

/// The same of a query that is rarely sent: see [`Erased`]. It notices a second row.
pub(crate) fn rare_version<'q, M, C, Q>(query: Q, conn: &mut C) -> QueryResult<M::Version>
where
    C: Connection,
    M: OptimisticLock<Version: ReadBack<Q::SqlType, C::Backend, M::Checks>>,
    Q: Query + QueryFragment<C::Backend> + 'q,
    Erased<dyn QueryFragment<C::Backend> + 'q, Q::SqlType>: LoadQuery<'q, C, Row<M, Q, C>>,
{
    let rows =
        Erased::<dyn QueryFragment<C::Backend> + 'q, Q::SqlType>::new(Box::new(query)).get_results(conn)?;
    verdict::only(rows).map(M::Version::version)
}

/// The versions that a query for many rows gives.
pub(crate) fn versions<'q, M, C, Q>(query: Q, conn: &mut C) -> QueryResult<Vec<M::Version>>
where
    C: Connection,
    M: OptimisticLock<Version: ReadBack<Q::SqlType, C::Backend, M::Checks>>,
    Q: Query + LoadQuery<'q, C, Row<M, Q, C>>,
{
    Ok(query.get_results(conn)?.into_iter().map(M::Version::version).collect())
}
