use std::marker::PhantomData;

use diesel::QuerySource;
use diesel::backend::Backend;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;

use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::soft_delete::Rows;
use crate::statement::clause::Equations;
use crate::statement::dialect::Speaks;
use crate::statement::version::AtVersion;

/// The `FROM` form of a model's table: its quoted name, with the schema if it has one.
pub(crate) type FromClause<M> = <<M as OptimisticLock>::Table as QuerySource>::FromClause;

pub(crate) fn from_clause<M: OptimisticLock>() -> FromClause<M> {
    M::table().from_clause()
}

/// Names the text of a statement in the cache: the statement's kind and the struct that wrote it.
pub struct StatementKey<Kind, Id>(PhantomData<(Kind, Id)>);

/// One row, named by its primary key.
pub struct RowKey<'a, M: OptimisticLock> {
    pub(super) row: &'a M,
    pub(super) prepared: M::Prepared<'a>,
}

impl<'a, M: OptimisticLock> RowKey<'a, M> {
    pub(crate) fn of(row: &'a M) -> Self {
        Self { row, prepared: row.prepare() }
    }

    /// ` WHERE "id" = ?`, of these rows.
    pub(super) fn walk_where<'b, DB>(&'b self, rows: Rows, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend,
        M: Columns<DB>,
    {
        out.push_sql(" WHERE ");
        self.walk_key(out.reborrow())?;
        rows.walk::<M, DB>(&mut out)
    }

    /// ` WHERE "id" = ? AND "version" = ?`, of these rows.
    pub(super) fn walk_where_at<'b, DB>(
        &'b self,
        rows: Rows,
        version: &'b M::Version,
        mut out: AstPass<'_, 'b, DB>,
    ) -> QueryResult<()>
    where
        DB: Speaks,
        M: Columns<DB>,
    {
        out.push_sql(" WHERE ");
        self.walk_key_at(rows, version, out)
    }

    pub(super) fn walk_key<'b, DB>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend,
        M: Columns<DB>,
    {
        self.row.key(&self.prepared, &mut Equations::conditions(out))
    }

    pub(super) fn walk_key_at<'b, DB>(
        &'b self,
        rows: Rows,
        version: &'b M::Version,
        mut out: AstPass<'_, 'b, DB>,
    ) -> QueryResult<()>
    where
        DB: Speaks,
        M: Columns<DB>,
    {
        self.walk_key(out.reborrow())?;
        // Asked here, so that a save of a row without a mark pays nothing for it.
        if let Some(mark) = M::MARK {
            rows.walk_mark(mark, &mut out)?;
        }
        M::visit_version(version, &mut AtVersion(out))
    }
}
