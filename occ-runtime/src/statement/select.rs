//! `SELECT "version" FROM "products" WHERE "id" = ?`, and the same for all of a struct's columns.

use diesel::backend::Backend;
use diesel::dsl::AsSelect;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::{Column, RunQueryDsl, Selectable};

use crate::error::stale::Operation;
use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::soft_delete::Rows;
use crate::statement::dialect;
use crate::statement::dialect::{Dialect, Speaks};
use crate::statement::row_key::{FromClause, RowKey, StatementKey, from_clause};

/// What is looked for after an operation that has not written its row.
pub(super) fn rows_of_refusal(operation: Operation) -> Rows {
    if operation == Operation::Restore { Rows::All } else { Rows::There }
}

/// Reads the version that the row has now.
pub struct CurrentVersion<'a, M: OptimisticLock> {
    table: FromClause<M>,
    key: RowKey<'a, M>,
    rows: Rows,
}

impl<'a, M: OptimisticLock> CurrentVersion<'a, M> {
    pub(crate) fn of(row: &'a M) -> Self {
        Self::of_rows(row, Rows::There)
    }

    /// Also of a row that is deleted by a mark: its text is another one, so it is for what is rarely sent.
    pub(crate) fn of_any(row: &'a M) -> Self {
        Self::of_rows(row, Rows::All)
    }

    /// After an operation that has not written its row: what is restored may well be deleted.
    pub(crate) fn for_refusal(row: &'a M, operation: Operation) -> Self {
        Self::of_rows(row, rows_of_refusal(operation))
    }

    fn of_rows(row: &'a M, rows: Rows) -> Self {
        Self { table: from_clause::<M>(), key: RowKey::of(row), rows }
    }

    pub(super) fn table(&self) -> &FromClause<M> {
        &self.table
    }

    /// Up to its `WHERE` clause, which may go on.
    pub(super) fn walk_where<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend,
        M: Columns<DB>,
        FromClause<M>: QueryFragment<DB>,
    {
        out.push_sql("SELECT ");
        out.push_identifier(M::VersionColumn::NAME)?;
        out.push_sql(" FROM ");
        self.table.walk_ast(out.reborrow())?;
        self.key.walk_where(self.rows, out)
    }
}

impl<M, DB> QueryFragment<DB> for CurrentVersion<'_, M>
where
    DB: Backend + 'static,
    M: Columns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.walk_where(out.reborrow())?;
        if M::UNIQUE_KEY {
            out.push_sql(dialect::at_most_two::<DB>());
        }
        Ok(())
    }
}

impl<M: OptimisticLock> Query for CurrentVersion<'_, M> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

impl<M: OptimisticLock, Conn> RunQueryDsl<Conn> for CurrentVersion<'_, M> {}

impl<M: OptimisticLock> QueryId for CurrentVersion<'_, M> {
    type QueryId = StatementKey<ReadVersion, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

pub enum ReadVersion {}

const FOR_UPDATE: &str = " FOR UPDATE";

/// Every version of MySQL and MariaDB has it.
pub(super) const IN_SHARE_MODE: &str = " LOCK IN SHARE MODE";

/// Reads the version that the row has now, also in a transaction that goes on seeing an older one, or that there is none. MySQL
/// has such transactions, and there it takes a lock.
pub struct PresentVersion<'a, M: OptimisticLock> {
    version: CurrentVersion<'a, M>,
    lock_of_postgres: &'static str,
    lock_of_mysql: &'static str,
}

impl<'a, M: OptimisticLock> PresentVersion<'a, M> {
    fn locked_by(row: &'a M, lock_of_postgres: &'static str, lock_of_mysql: &'static str) -> Self {
        Self { version: CurrentVersion::of(row), lock_of_postgres, lock_of_mysql }
    }

    /// See [`CurrentVersion::for_refusal`].
    pub(crate) fn for_refusal(mut self, operation: Operation) -> Self {
        self.version.rows = rows_of_refusal(operation);
        self
    }

    /// Also of a row that is deleted by a mark.
    pub(crate) fn of_all(mut self) -> Self {
        self.version.rows = Rows::All;
        self
    }

    /// Only of a row that is not.
    pub(crate) fn of_there(mut self) -> Self {
        self.version.rows = Rows::There;
        self
    }

    /// After a write that was refused: by the lock that it has taken before.
    pub(crate) fn of(row: &'a M) -> Self {
        Self::locked_by(row, "", FOR_UPDATE)
    }

    /// After an `INSERT` whose key is taken, be it by a row that is deleted by a mark: shares the lock that it has got.
    pub(crate) fn of_taken(row: &'a M) -> Self {
        Self::locked_by(row, "", IN_SHARE_MODE).of_all()
    }

    /// After a write whose answer was lost: waits for a statement that has the row, as that of a client that is gone may be under way.
    pub(crate) fn of_unanswered(row: &'a M) -> Self {
        Self::locked_by(row, " FOR SHARE", IN_SHARE_MODE)
    }

    /// Before a write: locks the row for it, where the database locks rows.
    pub(crate) fn for_writer(row: &'a M) -> Self {
        Self::locked_by(row, FOR_UPDATE, FOR_UPDATE)
    }
}

impl<M, DB> QueryFragment<DB> for PresentVersion<'_, M>
where
    DB: Speaks + 'static,
    M: Columns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.version.walk_ast(out.reborrow())?;
        out.push_sql(match out.backend().dialect() {
            Some(Dialect::Postgres) => self.lock_of_postgres,
            Some(Dialect::Mysql) => self.lock_of_mysql,
            Some(Dialect::Sqlite) | None => "",
        });
        Ok(())
    }
}

impl<M: OptimisticLock> Query for PresentVersion<'_, M> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

/// Reads the row as it is now.
pub struct CurrentRow<'a, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    selection: M::SelectExpression,
    table: FromClause<M>,
    key: RowKey<'a, M>,
    rows: Rows,
}

impl<'a, M, DB> CurrentRow<'a, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    pub(crate) fn of(row: &'a M) -> Self {
        Self::of_rows(row, Rows::There)
    }

    pub(crate) fn of_rows(row: &'a M, rows: Rows) -> Self {
        Self { selection: M::construct_selection(), table: from_clause::<M>(), key: RowKey::of(row), rows }
    }

    /// Up to its `WHERE` clause, which may go on before [`walk_end`](Self::walk_end).
    pub(super) fn walk_where<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        M: Columns<DB>,
        M::SelectExpression: QueryFragment<DB>,
        FromClause<M>: QueryFragment<DB>,
    {
        out.push_sql("SELECT ");
        self.selection.walk_ast(out.reborrow())?;
        out.push_sql(" FROM ");
        self.table.walk_ast(out.reborrow())?;
        self.key.walk_where(self.rows, out)
    }

    pub(super) fn walk_end(mut out: AstPass<'_, '_, DB>)
    where
        DB: 'static,
    {
        if M::UNIQUE_KEY {
            out.push_sql(dialect::at_most_two::<DB>());
        }
    }
}

impl<M, DB> QueryFragment<DB> for CurrentRow<'_, M, DB>
where
    DB: Backend + 'static,
    M: Columns<DB> + Selectable<DB>,
    M::SelectExpression: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.walk_where(out.reborrow())?;
        Self::walk_end(out);
        Ok(())
    }
}

impl<M, DB> Query for CurrentRow<'_, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    AsSelect<M, DB>: Expression,
{
    type SqlType = <AsSelect<M, DB> as Expression>::SqlType;
}

impl<M, DB, Conn> RunQueryDsl<Conn> for CurrentRow<'_, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<M, DB> QueryId for CurrentRow<'_, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    M::SelectExpression: QueryId,
{
    type QueryId = StatementKey<<M::SelectExpression as QueryId>::QueryId, M::StatementId>;
    // Of several texts each is kept under itself.
    const HAS_STATIC_QUERY_ID: bool =
        M::MARK.is_none() && <M::SelectExpression as QueryId>::HAS_STATIC_QUERY_ID;
}

/// Reads the row as it is now, and locks it where the backend locks rows.
pub struct LockedRow<'a, M, DB>(CurrentRow<'a, M, DB>)
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend;

impl<'a, M, DB> LockedRow<'a, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    pub(crate) fn of(row: &'a M) -> Self {
        Self(CurrentRow::of(row))
    }
}

impl<'a, M, DB> QueryFragment<DB> for LockedRow<'a, M, DB>
where
    DB: Backend + 'static,
    M: OptimisticLock + Selectable<DB>,
    CurrentRow<'a, M, DB>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(dialect::for_update::<DB>().unwrap_or_default());
        Ok(())
    }
}

impl<M, DB> Query for LockedRow<'_, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    AsSelect<M, DB>: Expression,
{
    type SqlType = <AsSelect<M, DB> as Expression>::SqlType;
}

impl<M, DB, Conn> RunQueryDsl<Conn> for LockedRow<'_, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<M, DB> QueryId for LockedRow<'_, M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    // Kept under its text.
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
