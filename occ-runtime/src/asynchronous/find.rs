//! The same for async connections.

use std::future::Future;

use diesel::Table;
use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::expression_methods::EqAll;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::SqlType;
use diesel_async::AsyncConnection;

use crate::asynchronous::send::first;
use crate::error::Error;
use crate::model::optimistic_lock::OptimisticLock;
use crate::retry::loops;
use crate::statement::dialect;
use crate::statement::find::{FindRow, KeyEquals};
use crate::statement::row_key::FromClause;

/// A model whose row is found by the key `K` through the async connection `C`: the bound for
/// [`AsyncOptimisticDsl::modify_optimistic`](crate::AsyncOptimisticDsl::modify_optimistic) in generic code.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncModifiesOn, AsyncSavesOn, Error};
///
/// /// Advances the version, whatever it is.
/// async fn bump<C, M>(id: i32, conn: &mut C) -> Result<M, Error>
/// where
///     C: AsyncConnection,
///     M: AsyncSavesOn<C> + AsyncModifiesOn<C, i32> + Send,
/// {
///     M::modify_optimistic(id, conn, |_| ()).await
/// }
/// ```
pub trait AsyncModifiesOn<C, K>: OptimisticLock {
    #[doc(hidden)]
    type Finder: Send + Sync;

    #[doc(hidden)]
    fn finder(key: K) -> Self::Finder;

    #[doc(hidden)]
    fn locks_rows() -> bool;

    #[doc(hidden)]
    fn find(
        finder: &Self::Finder,
        locked: bool,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self, Error>> + Send;
}

impl<M, C, K> AsyncModifiesOn<C, K> for M
where
    M: OptimisticLock,
    C: AsyncFinds<M, K>,
{
    type Finder = C::Finder;

    fn finder(key: K) -> Self::Finder {
        C::finder(key)
    }

    fn locks_rows() -> bool {
        C::locks_rows()
    }

    fn find(
        finder: &Self::Finder,
        locked: bool,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self, Error>> + Send {
        conn.find(finder, locked)
    }
}

/// As [`Finds`](super::find::Finds).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no row can be found and read as `{M}` by a key of type `{K}`",
    label = "`{M}` cannot be modified by such a key",
    note = "the key is what Diesel's `find` takes; and `{M}` needs `#[derive(Queryable, Selectable)]`"
)]
pub trait AsyncFinds<M, K> {
    type Finder: Send + Sync;

    fn finder(key: K) -> Self::Finder;

    fn locks_rows() -> bool;

    fn find(&mut self, finder: &Self::Finder, locked: bool) -> impl Future<Output = Result<M, Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C, K, E, ST, P> AsyncFinds<M, K> for C
where
    C: AsyncConnection<Backend: QueryMetadata<AsSelect<M, C::Backend>> + 'static>,
    M: OptimisticLock + Selectable<C::Backend, SelectExpression = E> + FromSqlRow<ST, C::Backend>,
    M: Send + 'static,
    M::Table: Table<PrimaryKey: EqAll<K, Output = P>>,
    P: QueryFragment<C::Backend> + QueryId + Send + Sync,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table> + QueryFragment<C::Backend> + QueryId + Send,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend> + Send,
{
    loops::find!(first, [async, await]);
}
