//! The statements for a row that is not in memory:
//! `UPDATE "products" SET .., "version" = ? WHERE "products"."id" = ? AND "version" = ?`

use std::fmt::Debug;
use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::expression::Expression;
use diesel::expression_methods::EqAll;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{Error as DieselError, QueryResult};
use diesel::{Column as _, RunQueryDsl, Table};

use crate::error::stale::Operation;
use crate::model::columns::{ColumnVisitor as _, Columns};
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::soft_delete::Rows;
use crate::statement::clause::Equations;
use crate::statement::dialect;
use crate::statement::dialect::Speaks;
use crate::statement::lock::{LockMode, RowLocks};
use crate::statement::row_key::{FromClause, StatementKey, from_clause};
use crate::statement::select::rows_of_refusal;
use crate::statement::update::ReturningVersion;
use crate::statement::version::AtVersion;

/// A row by its key: what Diesel's `find` makes of it, and its text for errors.
pub struct KeyedRow<M, P> {
    finder: P,
    text: String,
    rows: Rows,
    model: PhantomData<fn() -> M>,
}

impl<M: OptimisticLock, P> KeyedRow<M, P> {
    pub(crate) fn of<K: Debug>(key: K) -> Self
    where
        M::Table: Table<PrimaryKey: EqAll<K, Output = P>>,
    {
        let text = format!("{key:?}");
        Self { finder: M::table().primary_key().eq_all(key), text, rows: Rows::There, model: PhantomData }
    }

    /// One of these rows.
    pub(crate) fn among(mut self, rows: Rows) -> Self {
        self.rows = rows;
        self
    }

    pub(crate) fn key_text(&self) -> &str {
        &self.text
    }

    fn walk_where_at<'b, DB>(
        &'b self,
        version: &'b M::Version,
        mut out: AstPass<'_, 'b, DB>,
    ) -> QueryResult<()>
    where
        DB: Speaks,
        M: Columns<DB>,
        P: QueryFragment<DB>,
    {
        out.push_sql(" WHERE ");
        self.finder.walk_ast(out.reborrow())?;
        self.rows.walk::<M, DB>(&mut out)?;
        M::visit_version(version, &mut AtVersion(out))
    }
}

/// Sets `changes` and the version `next`, if the row is at `expected`. `TOUCHES`: there are no changes.
pub struct UpdateAt<'a, M: OptimisticLock, P, S, const TOUCHES: bool> {
    table: FromClause<M>,
    row: &'a KeyedRow<M, P>,
    changes: S,
    next: Option<&'a M::Version>,
    expected: &'a M::Version,
}

impl<'a, M: OptimisticLock, P, S, const TOUCHES: bool> UpdateAt<'a, M, P, S, TOUCHES> {
    /// `next` is `None` where the database makes the version.
    pub(crate) fn new(
        row: &'a KeyedRow<M, P>,
        changes: S,
        next: Option<&'a M::Version>,
        expected: &'a M::Version,
    ) -> Self {
        Self { table: from_clause::<M>(), row, changes, next, expected }
    }
}

impl<M, P, S, DB, const TOUCHES: bool> QueryFragment<DB> for UpdateAt<'_, M, P, S, TOUCHES>
where
    DB: Speaks,
    M: Columns<DB>,
    P: QueryFragment<DB>,
    S: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if !TOUCHES {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        let mut set = Equations::assignments(out.reborrow());
        set.embedded(&self.changes)?;
        match self.next {
            Some(next) => M::visit_version(next, &mut set)?,
            // A version that is set to itself is not moved by MySQL's `ON UPDATE`, and `xmin` cannot be set at all.
            None if set.is_empty() => {
                let key = M::key_columns().first().copied();
                set.unchanged(key.unwrap_or(M::VersionColumn::NAME))?;
            }
            None => {}
        }
        self.row.walk_where_at(self.expected, out)
    }
}

impl<M, P, S, const TOUCHES: bool> QueryId for UpdateAt<'_, M, P, S, TOUCHES>
where
    M: OptimisticLock,
    P: QueryId,
{
    type QueryId = StatementKey<TouchingAt<P::QueryId>, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = TOUCHES && P::HAS_STATIC_QUERY_ID;
}

impl<'a, M, P, S, DB, const TOUCHES: bool> QueryFragment<DB>
    for ReturningVersion<UpdateAt<'a, M, P, S, TOUCHES>>
where
    DB: Backend,
    M: OptimisticLock,
    UpdateAt<'a, M, P, S, TOUCHES>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" RETURNING ");
        out.push_identifier(M::VersionColumn::NAME)
    }
}

impl<M: OptimisticLock, P, S, const TOUCHES: bool> Query
    for ReturningVersion<UpdateAt<'_, M, P, S, TOUCHES>>
{
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

/// Deletes the row, if it is at `expected`.
pub struct DeleteAt<'a, M: OptimisticLock, P> {
    table: FromClause<M>,
    row: &'a KeyedRow<M, P>,
    expected: &'a M::Version,
}

impl<'a, M: OptimisticLock, P> DeleteAt<'a, M, P> {
    pub(crate) fn new(row: &'a KeyedRow<M, P>, expected: &'a M::Version) -> Self {
        Self { table: from_clause::<M>(), row, expected }
    }
}

impl<M, P, DB> QueryFragment<DB> for DeleteAt<'_, M, P>
where
    DB: Speaks,
    M: Columns<DB>,
    P: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("DELETE FROM ");
        self.table.walk_ast(out.reborrow())?;
        self.row.walk_where_at(self.expected, out)
    }
}

impl<M: OptimisticLock, P: QueryId> QueryId for DeleteAt<'_, M, P> {
    type QueryId = StatementKey<DeletingAt<P::QueryId>, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = P::HAS_STATIC_QUERY_ID;
}

/// Reads the version that the row has now.
pub struct VersionAt<'a, M: OptimisticLock, P> {
    table: FromClause<M>,
    row: &'a KeyedRow<M, P>,
    rows: Rows,
}

impl<'a, M: OptimisticLock, P> VersionAt<'a, M, P> {
    pub(crate) fn of(row: &'a KeyedRow<M, P>) -> Self {
        Self { table: from_clause::<M>(), row, rows: Rows::There }
    }

    /// Also of a row that is deleted by a mark.
    pub(crate) fn of_any(row: &'a KeyedRow<M, P>) -> Self {
        Self { rows: Rows::All, ..Self::of(row) }
    }

    /// After an operation that has not written its row.
    pub(crate) fn for_refusal(row: &'a KeyedRow<M, P>, operation: Operation) -> Self {
        Self { rows: rows_of_refusal(operation), ..Self::of(row) }
    }
}

impl<M, P, DB> QueryFragment<DB> for VersionAt<'_, M, P>
where
    DB: Backend + 'static,
    M: OptimisticLock,
    P: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        out.push_identifier(M::VersionColumn::NAME)?;
        out.push_sql(" FROM ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        self.row.finder.walk_ast(out.reborrow())?;
        self.rows.walk::<M, DB>(&mut out)?;
        out.push_sql(dialect::at_most_two::<DB>());
        Ok(())
    }
}

impl<M: OptimisticLock, P> Query for VersionAt<'_, M, P> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

impl<M: OptimisticLock, P, Conn> RunQueryDsl<Conn> for VersionAt<'_, M, P> {}

/// Locks the row and reads its version.
pub struct LockAt<'a, M: OptimisticLock, P> {
    version: VersionAt<'a, M, P>,
    mode: LockMode,
}

impl<'a, M: OptimisticLock, P> LockAt<'a, M, P> {
    pub(crate) fn of(row: &'a KeyedRow<M, P>, mode: LockMode) -> Self {
        Self { version: VersionAt::of(row), mode }
    }
}

impl<M, P, DB> QueryFragment<DB> for LockAt<'_, M, P>
where
    DB: RowLocks + 'static,
    M: OptimisticLock,
    P: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.version.walk_ast(out.reborrow())?;
        let (strength, wait) =
            DB::clause(self.mode).map_err(|why| DieselError::QueryBuilderError(why.into()))?;
        out.push_sql(strength);
        out.push_sql(wait);
        Ok(())
    }
}

impl<M: OptimisticLock, P> Query for LockAt<'_, M, P> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

/// Names the statement in the cache.
pub struct TouchingAt<P>(PhantomData<P>);

/// Names the statement in the cache.
pub struct DeletingAt<P>(PhantomData<P>);
