//! The same for async connections.

use std::future::Future;

use diesel::Table;
use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::SqlType;
use diesel_async::AsyncConnection;

use crate::asynchronous::boxed::BoxFuture;
use crate::model::columns::Columns;
use crate::model::key_form::One;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::versioned::Versioned;
use crate::operation::revision;
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its body names")]
use crate::operation::revision::*;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;

/// [`HistoryDsl`](crate::HistoryDsl) for async connections.
pub trait AsyncHistoryDsl: OptimisticLock {
    /// As [`HistoryDsl::revision`](crate::HistoryDsl::revision).
    fn revision<'a, C, K, Form>(
        key: K,
        version: Self::Version,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Option<Self>, Error>>
    where
        C: AsyncConnection,
        K: Send + 'a,
        Form: 'a,
        Self: AsyncFindsRevisionsOn<C, K, Form> + 'a,
    {
        Box::pin(Self::find_revision(key, version, conn))
    }
}

impl<M: OptimisticLock> AsyncHistoryDsl for M {}

/// [`FindsRevisionsOn`](crate::bound::FindsRevisionsOn) for async connections.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{Error, bound::AsyncFindsRevisionsOn};
///
/// async fn was_there<C, M>(id: i32, version: M::Version, conn: &mut C) -> Result<bool, Error>
/// where
///     C: AsyncConnection,
///     M: AsyncFindsRevisionsOn<C, i32> + 'static,
/// {
///     Ok(M::revision(id, version, conn).await?.is_some())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no revision of `{Self}` is found by a key of type `{K}`",
    label = "not by such a key, or this is no connection",
    note = "the key is what Diesel's `find` takes: a value, or a tuple for a key of several columns, in the order of `table!`",
    note = "`{Self}` needs `#[derive(Queryable, Selectable, OptimisticLock)]` and a version",
    note = "in a generic function the bound is `{Self}: occ_runtime::bound::AsyncFindsRevisionsOn<{C}, {K}>`"
)]
pub trait AsyncFindsRevisionsOn<C: AsyncConnection, K, Form = One>: Versioned {
    #[doc(hidden)]
    fn find_revision(
        key: K,
        version: Self::Version,
        conn: &mut C,
    ) -> impl Future<Output = Result<Option<Self>, Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C, K, Form> AsyncFindsRevisionsOn<C, K, Form> for M
where
    M: Versioned,
    C: AsyncConnection + AsyncFindsRevisions<M, K, Form>,
{
    fn find_revision(
        key: K,
        version: M::Version,
        conn: &mut C,
    ) -> impl Future<Output = Result<Option<M>, Error>> + Send {
        C::find_revision(key, version, conn)
    }
}

/// As [`FindsRevisions`](crate::blocking::history::FindsRevisions).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no revision of `{M}` is found by a key of type `{K}`",
    label = "not by such a key, or this is no connection",
    note = "the key is what Diesel's `find` takes: a value, or a tuple for a key of several columns, in the order of `table!`",
    note = "`{M}` needs `#[derive(Queryable, Selectable, OptimisticLock)]` and a version"
)]
pub trait AsyncFindsRevisions<M: OptimisticLock, K, Form> {
    fn find_revision(
        key: K,
        version: M::Version,
        conn: &mut Self,
    ) -> impl Future<Output = Result<Option<M>, Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C, K, Form, E, ST, W> AsyncFindsRevisions<M, K, Form> for C
where
    M: Columns<C::Backend> + Versioned,
    M: Selectable<C::Backend, SelectExpression = E> + FromSqlRow<ST, C::Backend> + Send + 'static,
    C: AsyncConnection<Backend: Speaks + QueryMetadata<AsSelect<M, C::Backend>> + 'static>,
    M::Table: Table<PrimaryKey: KeyValues<K, Form, Equal = W>>,
    W: QueryFragment<C::Backend> + QueryId + Send + Sync,
    K: Send,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table>,
    E: QueryFragment<C::Backend> + QueryId + Send + 'static,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend> + Send,
{
    revision::revision!(asynchronous, async, await, Send);
}
