//! `DELETE FROM "products" WHERE "id" = ? AND "version" = ?`

use std::marker::PhantomData;

use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;

use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::soft_delete::Rows;
use crate::statement::dialect::Speaks;
use crate::statement::guard::{Guard, GuardKind};
use crate::statement::row_key::from_clause;
use crate::statement::row_key::{FromClause, RowKey, StatementKey};

/// Deletes the row, if it is at `expected`.
pub struct Delete<'a, M: OptimisticLock, G> {
    table: FromClause<M>,
    key: RowKey<'a, M>,
    expected: &'a M::Version,
    guard: G,
}

impl<'a, M: OptimisticLock, G> Delete<'a, M, G> {
    pub(crate) fn new(row: &'a M, expected: &'a M::Version, guard: G) -> Self {
        Self { table: from_clause::<M>(), key: RowKey::of(row), expected, guard }
    }
}

impl<M, G, DB> QueryFragment<DB> for Delete<'_, M, G>
where
    DB: Speaks,
    M: Columns<DB>,
    G: Guard<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("DELETE FROM ");
        self.table.walk_ast(out.reborrow())?;
        self.key.walk_where_at(Rows::All, self.expected, out.reborrow())?;
        self.guard.walk_guard(out)
    }
}

impl<M: OptimisticLock, G: GuardKind> QueryId for Delete<'_, M, G> {
    type QueryId = StatementKey<Deleting<G::Id>, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = G::IS_FIXED;
}

/// Names the statement in the cache, by what guards it: another guard is another text.
pub struct Deleting<G>(PhantomData<G>);
