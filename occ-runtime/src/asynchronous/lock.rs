//! The same for async connections.

use std::future::Future;

use diesel::expression::QueryMetadata;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::{SingleValue, SqlType};
use diesel_async::AsyncConnection;

use crate::error::Error;
use crate::model::columns::Columns;
use crate::model::declared::{Model, ReadBack, Through, VersionSqlType};
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::versioned::Versioned;
use crate::operation::lock;
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its body names")]
use crate::operation::lock::*;
use crate::statement::lock::{LockMode, RowLocks};
use crate::statement::row_key::FromClause;

/// A model whose row can be locked through the async connection `C`: the bound for
/// [`AsyncOptimisticDsl::lock_optimistic`](crate::AsyncOptimisticDsl::lock_optimistic).
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncLocksOn, Error, LockMode};
///
/// async fn is_free<C, M>(model: &M, conn: &mut C) -> bool
/// where
///     C: AsyncConnection,
///     M: AsyncLocksOn<C>,
/// {
///     model.lock_optimistic(LockMode::for_update().skip_locked(), conn).await.is_ok()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be locked through `{C}`",
    label = "`lock_optimistic` needs a backend with row locks",
    note = "PostgreSQL: enable the feature `postgres` of occ-runtime; MySQL and MariaDB: `mysql`",
    note = "SQLite locks no rows: begin with `immediate_transaction`, then call `verify_optimistic`",
    note = "in a generic function, the bound is `{Self}: AsyncLocksOn<{C}>`"
)]
pub trait AsyncLocksOn<C: AsyncConnection>: Columns<C::Backend> + Versioned {
    #[doc(hidden)]
    fn lock(&self, mode: LockMode, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncLocksOn<C> for M
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
    lock::lock!(asynchronous, async, await, Send);
}
