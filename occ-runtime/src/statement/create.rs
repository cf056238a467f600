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
use crate::statement::find::FindRow;
use crate::statement::insert::walk_nothing_if_taken;
use crate::statement::made_key::{walk_is_made, walk_is_not_made};
use crate::statement::row_key::{FromClause, StatementKey, from_clause};
use crate::statement::select::IN_SHARE_MODE;
use crate::version::generator::VersionGenerator as _;

/// The version of a new row. Where the database makes it there is nothing, so that Diesel leaves the column out.
pub struct FirstVersion<M: OptimisticLock>(pub(super) M::Version);

impl<M: OptimisticLock> Expression for FirstVersion<M> {
    type SqlType = SqlTypeOf<M::VersionColumn>;
}

impl<M: OptimisticLock, QS> AppearsOnTable<QS> for FirstVersion<M> {}

impl<M, DB> QueryFragment<DB> for FirstVersion<M>
where
    DB: Speaks,
    M: Columns<DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if M::Generator::BY_DATABASE {
            return Ok(());
        }
        // Else it would go on being the key of the row before, if this one has another key than a number of MySQL's.
        let forgets = !dialect::returns_new_rows(out.backend().dialect());
        M::visit_version(&self.0, &mut Binds { out, empty: true, forgets })
    }
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

/// The row that was inserted just now, on MySQL if it has the key that it is looked for by, and not one that was made.
pub struct KeptRow<'a, M, DB, P>(pub(crate) FindRow<'a, M, DB, P, false>)
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend;

impl<'a, M, DB, P> QueryFragment<DB> for KeptRow<'a, M, DB, P>
where
    DB: Speaks,
    M: OptimisticLock + Selectable<DB>,
    FindRow<'a, M, DB, P, false>: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        if out.backend().dialect() != Some(Dialect::Mysql) {
            return Ok(());
        }
        walk_is_not_made::<M, DB>(self.0.table(), M::table_key(), out)
    }
}

impl<'a, M, DB, P> Query for KeptRow<'a, M, DB, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    FindRow<'a, M, DB, P, false>: Query,
{
    type SqlType = <FindRow<'a, M, DB, P, false> as Query>::SqlType;
}

impl<M, DB, P, Conn> RunQueryDsl<Conn> for KeptRow<'_, M, DB, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<'a, M, DB, P> QueryId for KeptRow<'a, M, DB, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    FindRow<'a, M, DB, P, false>: QueryId,
{
    type QueryId = StatementKey<KeptRowKey, <FindRow<'a, M, DB, P, false> as QueryId>::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = <FindRow<'a, M, DB, P, false> as QueryId>::HAS_STATIC_QUERY_ID;
}

/// Names the statement in the cache.
pub enum KeptRowKey {}

/// The row whose key is taken, as it is now: on MySQL a transaction may go on seeing that there is none, and the lock is the one that the
/// `INSERT` has got.
pub struct TakenRow<F>(pub(crate) F);

impl<M, DB, P> QueryFragment<DB> for TakenRow<FindRow<'_, M, DB, P, false>>
where
    DB: Speaks + 'static,
    M: OptimisticLock + Selectable<DB>,
    for<'a> FindRow<'a, M, DB, P, false>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        if out.backend().dialect() == Some(Dialect::Mysql) {
            out.push_sql(IN_SHARE_MODE);
        }
        Ok(())
    }
}

impl<F: Query> Query for TakenRow<F> {
    type SqlType = F::SqlType;
}

impl<F, Conn> RunQueryDsl<Conn> for TakenRow<F> {}

impl<F: QueryId> QueryId for TakenRow<F> {
    type QueryId = StatementKey<TakenRow<()>, F::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = F::HAS_STATIC_QUERY_ID;
}
