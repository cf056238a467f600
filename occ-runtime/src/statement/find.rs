//! `SELECT .. FROM "products" WHERE "products"."id" = ?`, by a key that is no row yet, and the same `FOR UPDATE`.

use diesel::backend::Backend;
use diesel::dsl::AsSelect;
use diesel::expression::Expression;
use diesel::expression_methods::EqAll;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::{RunQueryDsl, Selectable, Table};

use crate::model::optimistic_lock::OptimisticLock;
use crate::model::soft_delete::Rows;
use crate::statement::dialect;
use crate::statement::row_key::{FromClause, StatementKey, from_clause};

/// What Diesel's `find` makes of the key `K`.
pub(crate) type KeyEquals<M, K> = <<<M as OptimisticLock>::Table as Table>::PrimaryKey as EqAll<K>>::Output;

/// Reads the row with this key, and locks it if `LOCKED`, where the backend locks rows.
pub struct FindRow<'a, M, DB, P, const LOCKED: bool>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    selection: M::SelectExpression,
    table: FromClause<M>,
    key: &'a P,
    rows: Rows,
}

impl<'a, M, DB, P, const LOCKED: bool> FindRow<'a, M, DB, P, LOCKED>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    pub(crate) fn with(key: &'a P) -> Self {
        Self { selection: M::construct_selection(), table: from_clause::<M>(), key, rows: Rows::There }
    }

    /// Also a row that is deleted by a mark.
    pub(crate) fn any_with(key: &'a P) -> Self {
        Self { rows: Rows::All, ..Self::with(key) }
    }

    pub(super) fn table(&self) -> &FromClause<M> {
        &self.table
    }
}

impl<M, DB, P, const LOCKED: bool> QueryFragment<DB> for FindRow<'_, M, DB, P, LOCKED>
where
    DB: Backend + 'static,
    M: OptimisticLock + Selectable<DB>,
    M::SelectExpression: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
    P: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.selection.walk_ast(out.reborrow())?;
        out.push_sql(" FROM ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        self.key.walk_ast(out.reborrow())?;
        self.rows.walk::<M, DB>(&mut out)?;
        if LOCKED {
            out.push_sql(dialect::for_update::<DB>().unwrap_or_default());
        }
        Ok(())
    }
}

impl<M, DB, P, const LOCKED: bool> Query for FindRow<'_, M, DB, P, LOCKED>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    AsSelect<M, DB>: Expression,
{
    type SqlType = <AsSelect<M, DB> as Expression>::SqlType;
}

impl<M, DB, P, Conn, const LOCKED: bool> RunQueryDsl<Conn> for FindRow<'_, M, DB, P, LOCKED>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<M, DB, P, const LOCKED: bool> QueryId for FindRow<'_, M, DB, P, LOCKED>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    M::SelectExpression: QueryId,
    P: QueryId,
{
    type QueryId =
        StatementKey<Find<<M::SelectExpression as QueryId>::QueryId, P::QueryId, LOCKED>, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool =
        M::MARK.is_none() && <M::SelectExpression as QueryId>::HAS_STATIC_QUERY_ID && P::HAS_STATIC_QUERY_ID;
}

/// Names the statement in the cache.
pub struct Find<S, P, const LOCKED: bool>(std::marker::PhantomData<(S, P)>);
