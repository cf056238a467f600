//! The lock of a row, for databases that lock rows.

use diesel::connection::{Connection, LoadConnection};
use diesel::expression::QueryMetadata;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::{SingleValue, SqlType};

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

/// A model whose row can be locked through the connection `C`: the bound for
/// [`OptimisticDsl::lock_optimistic`](crate::OptimisticDsl::lock_optimistic).
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{LocksOn, Error, LockMode};
///
/// fn is_free<C, M>(model: &M, conn: &mut C) -> bool
/// where
///     C: Connection,
///     M: LocksOn<C>,
/// {
///     model.lock_optimistic(LockMode::for_update().skip_locked(), conn).is_ok()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be locked through `{C}`",
    label = "`lock_optimistic` needs a backend with row locks",
    note = "PostgreSQL: enable the feature `postgres` of occ-runtime; MySQL and MariaDB: `mysql`",
    note = "SQLite locks no rows: begin with `immediate_transaction`, then call `verify_optimistic`",
    note = "in a generic function, the bound is `{Self}: LocksOn<{C}>`"
)]
pub trait LocksOn<C: Connection>: Columns<C::Backend> + Versioned {
    #[doc(hidden)]
    fn lock(&self, mode: LockMode, conn: &mut C) -> Result<(), Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C> LocksOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: Connection<Backend: RowLocks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static> + LoadConnection,
    Model<C, M>: Columns<C::Backend> + Versioned,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend>,
{
    lock::lock!(blocking);
}
