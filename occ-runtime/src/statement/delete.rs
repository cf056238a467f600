//! `DELETE FROM "products" WHERE "id" = ? AND "version" = ?`

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;

use super::{FromClause, RowKey, StatementKey};
use crate::model::{Columns, OptimisticLock};

/// Deletes the row, if it is at `expected`.
pub struct Delete<'a, M: OptimisticLock> {
    table: FromClause<M>,
    key: RowKey<'a, M>,
    expected: &'a M::Version,
}

impl<'a, M: OptimisticLock> Delete<'a, M> {
    pub(crate) fn new(row: &'a M, expected: &'a M::Version) -> Self {
        Self { table: super::from_clause::<M>(), key: RowKey::of(row), expected }
    }
}

impl<M, DB> QueryFragment<DB> for Delete<'_, M>
where
    DB: Backend,
    M: Columns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("DELETE FROM ");
        self.table.walk_ast(out.reborrow())?;
        self.key.walk_where(Some(self.expected), out)
    }
}

impl<M: OptimisticLock> QueryId for Delete<'_, M> {
    type QueryId = StatementKey<Deleting, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

pub enum Deleting {}
