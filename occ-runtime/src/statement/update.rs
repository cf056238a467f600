//! `UPDATE "products" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ?`

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::dsl::AsSelect;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::{Column as _, RunQueryDsl, Selectable};

use crate::model::columns::Columns;
use crate::model::optimistic_lock::{OptimisticLock, SqlText};
use crate::statement::assign::Assignments;
use crate::statement::assign::UpdateKind;
use crate::statement::clause::{Equations, FirstColumn};
use crate::statement::dialect::Speaks;
use crate::statement::row_key::{FromClause, RowKey, StatementKey, from_clause};
use crate::version::database::is_xmin;

/// Writes `assignments` and the version `next`, if the row is at `expected`. Without an expected version, whatever it is at.
pub struct Update<'a, M: OptimisticLock, A> {
    table: FromClause<M>,
    key: RowKey<'a, M>,
    assignments: A,
    next: Option<&'a M::Version>,
    expected: Option<&'a M::Version>,
}

impl<'a, M: OptimisticLock, A> Update<'a, M, A> {
    /// `next` is `None` where the database makes the version, or it stays.
    pub(crate) fn new(
        row: &'a M,
        assignments: A,
        next: Option<&'a M::Version>,
        expected: Option<&'a M::Version>,
    ) -> Self {
        Self { table: from_clause::<M>(), key: RowKey::of(row), assignments, next, expected }
    }

    /// `"products" WHERE ..`, with all that the row has to be for this update to match it.
    pub(super) fn walk_matched<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Speaks,
        M: Columns<DB>,
        A: Assignments<M, DB>,
        FromClause<M>: QueryFragment<DB>,
    {
        self.table.walk_ast(out.reborrow())?;
        match self.expected {
            Some(version) => self.key.walk_where_at(A::ROWS, version, out.reborrow())?,
            None => self.key.walk_where(A::ROWS, out.reborrow())?,
        }
        self.assignments.walk_guard(out)
    }
}

impl<M, A, DB> QueryFragment<DB> for Update<'_, M, A>
where
    DB: Speaks,
    M: Columns<DB>,
    A: Assignments<M, DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if matches!(self.assignments.sql_text(), SqlText::Many) {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        let mut set = Equations::assignments(out.reborrow());
        self.assignments.assign(&self.key, &mut set)?;
        match self.next {
            // Last, so that it wins on backends that accept a column twice.
            Some(next) => M::visit_version(next, &mut set)?,
            None if set.is_empty() => {
                let mut column = FirstColumn::default();
                self.key.row.values(&self.key.prepared, &mut column)?;
                if column.name.is_none() && is_xmin::<M::Version>() {
                    // Nobody may set `xmin`, not even to itself.
                    self.key.row.key(&self.key.prepared, &mut column)?;
                }
                set.unchanged(column.name.unwrap_or(M::VersionColumn::NAME))?;
            }
            None => {}
        }
        match self.expected {
            Some(version) => self.key.walk_where_at(A::ROWS, version, out.reborrow())?,
            None => self.key.walk_where(A::ROWS, out.reborrow())?,
        }
        self.assignments.walk_guard(out)
    }
}

impl<M: OptimisticLock, A: UpdateKind<M>> QueryId for Update<'_, M, A> {
    type QueryId = StatementKey<A::Id, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = A::IS_FIXED;
}

/// The same, and answers with the version that the row has then: for PostgreSQL.
pub struct ReturningVersion<U>(pub(crate) U);

impl<'a, M, A, DB> QueryFragment<DB> for ReturningVersion<Update<'a, M, A>>
where
    DB: Backend,
    M: Columns<DB>,
    Update<'a, M, A>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" RETURNING ");
        out.push_identifier(M::VersionColumn::NAME)
    }
}

impl<M: OptimisticLock, A> Query for ReturningVersion<Update<'_, M, A>> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

impl<U, Conn> RunQueryDsl<Conn> for ReturningVersion<U> {}

impl<U: QueryId> QueryId for ReturningVersion<U> {
    type QueryId = StatementKey<ReturningVersion<()>, U::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = U::HAS_STATIC_QUERY_ID;
}

/// The same, and answers with the row as it is then.
pub struct ReturningRow<U, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    update: U,
    selection: M::SelectExpression,
}

impl<U, M, DB> ReturningRow<U, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    pub(crate) fn of(update: U) -> Self {
        Self { update, selection: M::construct_selection() }
    }
}

impl<U, M, DB> QueryFragment<DB> for ReturningRow<U, M, DB>
where
    DB: Backend,
    M: OptimisticLock + Selectable<DB>,
    M::SelectExpression: QueryFragment<DB>,
    U: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.update.walk_ast(out.reborrow())?;
        out.push_sql(" RETURNING ");
        self.selection.walk_ast(out)
    }
}

impl<U, M, DB> Query for ReturningRow<U, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    AsSelect<M, DB>: Expression,
{
    type SqlType = <AsSelect<M, DB> as Expression>::SqlType;
}

impl<U, M, DB, Conn> RunQueryDsl<Conn> for ReturningRow<U, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<U, M, DB> QueryId for ReturningRow<U, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    U: QueryId,
    M::SelectExpression: QueryId,
{
    type QueryId = StatementKey<Returning<<M::SelectExpression as QueryId>::QueryId>, U::QueryId>;
    const HAS_STATIC_QUERY_ID: bool =
        U::HAS_STATIC_QUERY_ID && <M::SelectExpression as QueryId>::HAS_STATIC_QUERY_ID;
}

/// Names the statement in the cache, by what it answers with.
pub struct Returning<S>(PhantomData<S>);
