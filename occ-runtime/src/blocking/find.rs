//! What a model and a blocking connection must be able to do together for a row to be found by its key.

use diesel::connection::{Connection, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::expression_methods::EqAll;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::SqlType;
use diesel::{RunQueryDsl, Table};

use crate::error::Error;
use crate::model::optimistic_lock::OptimisticLock;
use crate::retry::loops;
use crate::statement::dialect;
use crate::statement::find::{FindRow, KeyEquals};
use crate::statement::row_key::FromClause;

/// A model whose row is found by the key `K` through the connection `C`: the bound for
/// [`OptimisticDsl::modify_optimistic`](crate::OptimisticDsl::modify_optimistic) in generic code.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, ModifiesOn, SavesOn};
///
/// /// Advances the version, whatever it is.
/// fn bump<C, M>(id: i32, conn: &mut C) -> Result<M, Error>
/// where
///     C: Connection,
///     M: SavesOn<C> + ModifiesOn<C, i32>,
/// {
///     M::modify_optimistic(id, conn, |_| ())
/// }
/// ```
pub trait ModifiesOn<C, K>: OptimisticLock {
    #[doc(hidden)]
    type Finder;

    #[doc(hidden)]
    fn finder(key: K) -> Self::Finder;

    #[doc(hidden)]
    fn locks_rows() -> bool;

    #[doc(hidden)]
    fn find(finder: &Self::Finder, locked: bool, conn: &mut C) -> Result<Self, Error>;
}

impl<M, C, K> ModifiesOn<C, K> for M
where
    M: OptimisticLock,
    C: Finds<M, K>,
{
    type Finder = C::Finder;

    fn finder(key: K) -> Self::Finder {
        C::finder(key)
    }

    fn locks_rows() -> bool {
        C::locks_rows()
    }

    fn find(finder: &Self::Finder, locked: bool, conn: &mut C) -> Result<Self, Error> {
        conn.find(finder, locked)
    }
}

/// [`ModifiesOn`] seen from the connection: so that a model that cannot be read is one error, once the connection is known.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no row can be found and read as `{M}` by a key of type `{K}`",
    label = "`{M}` cannot be modified by such a key",
    note = "the key is what Diesel's `find` takes; and `{M}` needs `#[derive(Queryable, Selectable)]`"
)]
pub trait Finds<M, K> {
    type Finder;

    fn finder(key: K) -> Self::Finder;

    fn locks_rows() -> bool;

    fn find(&mut self, finder: &Self::Finder, locked: bool) -> Result<M, Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C, K, E, ST, P> Finds<M, K> for C
where
    C: Connection<Backend: QueryMetadata<AsSelect<M, C::Backend>> + 'static> + LoadConnection,
    M: OptimisticLock + Selectable<C::Backend, SelectExpression = E> + FromSqlRow<ST, C::Backend> + 'static,
    M::Table: Table<PrimaryKey: EqAll<K, Output = P>>,
    P: QueryFragment<C::Backend> + QueryId,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table> + QueryFragment<C::Backend> + QueryId,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend>,
{
    loops::find!(RunQueryDsl::get_result);
}
