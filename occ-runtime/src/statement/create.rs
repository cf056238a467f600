//! `INSERT INTO "products" ("version", "name") VALUES (?, ?) RETURNING "products"."id", ..`, of values that Diesel inserts.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::dsl::{AsSelect, SqlTypeOf};
use diesel::expression::{AppearsOnTable, Expression};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::{RunQueryDsl, Selectable};

use crate::model::columns::Columns;
use crate::model::optimistic_lock::{OptimisticLock, has_schema};
use crate::statement::clause::Binds;
use crate::statement::dialect::{self, Dialect, Speaks};
use crate::statement::insert::walk_nothing_if_taken;
use crate::statement::made_key::walk_is_made;
use crate::statement::row_key::{FromClause, StatementKey, from_clause};
use crate::version::generator::VersionGenerator as _;

/// The version of a new row, before its values or behind them. It is written at one of the two places, and at neither where the database
/// makes it: Diesel leaves out a column whose value is nothing.
pub struct FirstVersion<M: OptimisticLock> {
    pub(super) version: M::Version,
    pub(super) is_behind: bool,
    /// Whether MySQL is to remember the key that the row gets.
    pub(super) keeps_key: bool,
}

impl<M: OptimisticLock> Expression for FirstVersion<M> {
    type SqlType = SqlTypeOf<M::VersionColumn>;
}

impl<M: OptimisticLock, QS> AppearsOnTable<QS> for FirstVersion<M> {}

impl<M, DB> QueryFragment<DB> for FirstVersion<M>
where
    DB: Speaks,
    M: Columns<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if M::Generator::BY_DATABASE {
            return Ok(());
        }
        // MySQL knows the value of a column in the expressions behind it.
        let is_last = self.keeps_key && !dialect::returns_new_rows(out.backend().dialect());
        if is_last != self.is_behind {
            return Ok(());
        }
        if !is_last {
            // Else it would go on being the key of the row before, if this one has another key than a number of MySQL's.
            let forgets = !dialect::returns_new_rows(out.backend().dialect());
            return M::visit_version(&self.version, &mut Binds { out, empty: true, forgets });
        }
        out.push_sql("IF(LAST_INSERT_ID(0)");
        for (place, column) in M::table_key().iter().enumerate() {
            out.push_sql(" + LENGTH(");
            walk_kept_key(place, &mut out);
            out.push_sql(" := ");
            out.push_identifier(column)?;
            out.push_sql(")");
        }
        out.push_sql(" < 0, NULL, ");
        M::visit_version(&self.version, &mut Binds { out: out.reborrow(), empty: true, forgets: false })?;
        out.push_sql(")");
        Ok(())
    }
}

/// The variable in which MySQL remembers a column of the key that a new row has got.
pub(super) fn walk_kept_key<DB: Backend>(place: usize, out: &mut AstPass<'_, '_, DB>) {
    out.push_sql("@occ_key_");
    out.push_sql(&place.to_string());
}

impl<M: OptimisticLock> QueryId for FirstVersion<M> {
    type QueryId = StatementKey<FirstVersionKey, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

pub enum FirstVersionKey {}

/// Makes a row of the values `I`. Where the database can, it answers with the row. If `IF_ABSENT`, only where there is none with the
/// key, and else with nothing.
pub struct Create<M, DB, I, const IF_ABSENT: bool>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    table: FromClause<M>,
    values: I,
    selection: M::SelectExpression,
}

impl<M, DB, I, const IF_ABSENT: bool> Create<M, DB, I, IF_ABSENT>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    pub(crate) fn new(values: I) -> Self {
        Self { table: from_clause::<M>(), values, selection: M::construct_selection() }
    }
}

impl<M, DB, I, const IF_ABSENT: bool> QueryFragment<DB> for Create<M, DB, I, IF_ABSENT>
where
    DB: Speaks + 'static,
    M: OptimisticLock + Selectable<DB>,
    M::SelectExpression: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
    I: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" ");
        self.values.walk_ast(out.reborrow())?;
        if IF_ABSENT {
            walk_nothing_if_taken(M::table_key(), out.reborrow())?;
        }
        let tells = dialect::tells_new_rows::<DB>(has_schema::<M>());
        if dialect::returns_new_rows(out.backend().dialect()) && !tells {
            out.push_sql(" RETURNING ");
            self.selection.walk_ast(out)?;
        }
        Ok(())
    }
}

impl<M, DB, I, const IF_ABSENT: bool> Query for Create<M, DB, I, IF_ABSENT>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    AsSelect<M, DB>: Expression,
{
    type SqlType = <AsSelect<M, DB> as Expression>::SqlType;
}

impl<M, DB, I, Conn, const IF_ABSENT: bool> RunQueryDsl<Conn> for Create<M, DB, I, IF_ABSENT>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<M, DB, I, const IF_ABSENT: bool> QueryId for Create<M, DB, I, IF_ABSENT>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    M::SelectExpression: QueryId,
    I: QueryId,
{
    type QueryId = StatementKey<
        CreateKey<<M::SelectExpression as QueryId>::QueryId, I::QueryId, IF_ABSENT>,
        M::StatementId,
    >;
    const HAS_STATIC_QUERY_ID: bool =
        <M::SelectExpression as QueryId>::HAS_STATIC_QUERY_ID && I::HAS_STATIC_QUERY_ID;
}

/// Names the statement in the cache.
pub struct CreateKey<S, I, const IF_ABSENT: bool>(PhantomData<(S, I)>);

/// MySQL: forgets the number that was made for the row before.
#[derive(QueryId)]
pub struct ForgetLastKey;

impl<DB: Backend> QueryFragment<DB> for ForgetLastKey {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("DO LAST_INSERT_ID(0)");
        Ok(())
    }
}

/// MySQL: reads the row for whose key a number was made just now. SQLite: the one that was inserted last.
pub struct LastRow<M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    selection: M::SelectExpression,
    table: FromClause<M>,
    key: &'static str,
}

impl<M, DB> LastRow<M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    pub(crate) fn new(key: &'static str) -> Self {
        Self { selection: M::construct_selection(), table: from_clause::<M>(), key }
    }
}

impl<M, DB> QueryFragment<DB> for LastRow<M, DB>
where
    DB: Speaks,
    M: OptimisticLock + Selectable<DB>,
    M::SelectExpression: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.selection.walk_ast(out.reborrow())?;
        out.push_sql(" FROM ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        if out.backend().dialect() == Some(Dialect::Sqlite) {
            out.push_sql("_rowid_ = last_insert_rowid()");
            return Ok(());
        }
        out.push_identifier(self.key)?;
        out.push_sql(" = LAST_INSERT_ID() AND LAST_INSERT_ID() <> 0");
        walk_is_made::<M, DB>(&self.table, self.key, out)
    }
}

impl<M, DB> Query for LastRow<M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    AsSelect<M, DB>: Expression,
{
    type SqlType = <AsSelect<M, DB> as Expression>::SqlType;
}

impl<M, DB, Conn> RunQueryDsl<Conn> for LastRow<M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<M, DB> QueryId for LastRow<M, DB>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    M::SelectExpression: QueryId,
{
    type QueryId = StatementKey<LastRowKey<<M::SelectExpression as QueryId>::QueryId>, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = <M::SelectExpression as QueryId>::HAS_STATIC_QUERY_ID;
}

/// Names the statement in the cache.
pub struct LastRowKey<S>(PhantomData<S>);
