//! A new row that is to have a key which is given beside its values: the statements that make it, and that see whether it has.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::dsl::AsSelect;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::{RunQueryDsl, Selectable};

use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::create::{Create, walk_kept_key};
use crate::statement::dialect::{Dialect, Speaks};
use crate::statement::find::FindRow;
use crate::statement::made_key::walk_is_not_made;
use crate::statement::row_key::{FromClause, StatementKey, from_clause};
use crate::statement::select::{CurrentRow, IN_SHARE_MODE};
use crate::version::generator::VersionGenerator as _;

/// What PostgreSQL cannot read as a number, and so has in its error, whatever the language of that.
pub(crate) const ANOTHER_KEY: &str = "occ: not the key that was given";

/// Makes a row if there is none with its key. PostgreSQL makes none, and says [`ANOTHER_KEY`], where that is another key than `key`: in a
/// column of the answer that nobody reads.
pub struct CreateKeyed<'a, M, DB, I, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    create: Create<M, DB, I, true>,
    key: &'a P,
}

impl<'a, M, DB, I, P> CreateKeyed<'a, M, DB, I, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    pub(crate) fn new(values: I, key: &'a P) -> Self {
        Self { create: Create::new(values), key }
    }
}

impl<M, DB, I, P> QueryFragment<DB> for CreateKeyed<'_, M, DB, I, P>
where
    DB: Speaks + 'static,
    M: OptimisticLock + Selectable<DB>,
    Create<M, DB, I, true>: QueryFragment<DB>,
    P: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.create.walk_ast(out.reborrow())?;
        if Dialect::of::<DB>() != Some(Dialect::Postgres) {
            return Ok(());
        }
        out.push_sql(", CAST(CASE WHEN ");
        self.key.walk_ast(out.reborrow())?;
        out.push_sql(" THEN NULL ELSE '");
        out.push_sql(ANOTHER_KEY);
        out.push_sql("' END AS integer)");
        Ok(())
    }
}

impl<M, DB, I, P> Query for CreateKeyed<'_, M, DB, I, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    AsSelect<M, DB>: Expression,
{
    type SqlType = <AsSelect<M, DB> as Expression>::SqlType;
}

impl<M, DB, I, P, Conn> RunQueryDsl<Conn> for CreateKeyed<'_, M, DB, I, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<M, DB, I, P> QueryId for CreateKeyed<'_, M, DB, I, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    Create<M, DB, I, true>: QueryId,
    P: QueryId,
{
    type QueryId =
        StatementKey<Keyed<<Create<M, DB, I, true> as QueryId>::QueryId, P::QueryId>, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool =
        <Create<M, DB, I, true> as QueryId>::HAS_STATIC_QUERY_ID && P::HAS_STATIC_QUERY_ID;
}

/// Names the statement in the cache.
pub struct Keyed<Q, P>(PhantomData<(Q, P)>);

/// The row that was made just now, once more, if it has the key that was given.
pub struct MadeRow<'a, M, DB, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    pub(crate) row: CurrentRow<'a, M, DB>,
    pub(crate) key: &'a P,
}

impl<M, DB, P> QueryFragment<DB> for MadeRow<'_, M, DB, P>
where
    DB: Backend + 'static,
    M: Columns<DB> + Selectable<DB>,
    M::SelectExpression: QueryFragment<DB>,
    FromClause<M>: QueryFragment<DB>,
    P: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.row.walk_where(out.reborrow())?;
        out.push_sql(" AND ");
        self.key.walk_ast(out.reborrow())?;
        CurrentRow::<M, DB>::walk_end(out);
        Ok(())
    }
}

impl<'a, M, DB, P> Query for MadeRow<'a, M, DB, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    CurrentRow<'a, M, DB>: Query,
{
    type SqlType = <CurrentRow<'a, M, DB> as Query>::SqlType;
}

impl<M, DB, P, Conn> RunQueryDsl<Conn> for MadeRow<'_, M, DB, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<'a, M, DB, P> QueryId for MadeRow<'a, M, DB, P>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    CurrentRow<'a, M, DB>: QueryId,
    P: QueryId,
{
    type QueryId =
        StatementKey<Keyed<<CurrentRow<'a, M, DB> as QueryId>::QueryId, P::QueryId>, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool =
        <CurrentRow<'a, M, DB> as QueryId>::HAS_STATIC_QUERY_ID && P::HAS_STATIC_QUERY_ID;
}

/// MySQL, before a row whose version the database makes, so that nothing of the `INSERT` is ours: forgets the number that was made for the
/// row before, and remembers whether there is a row with this key.
pub struct LookFirst<'a, M: OptimisticLock, P> {
    table: FromClause<M>,
    key: &'a P,
}

impl<'a, M: OptimisticLock, P> LookFirst<'a, M, P> {
    pub(crate) fn at(key: &'a P) -> Self {
        Self { table: from_clause::<M>(), key }
    }
}

impl<M, DB, P> QueryFragment<DB> for LookFirst<'_, M, P>
where
    DB: Backend,
    M: OptimisticLock,
    FromClause<M>: QueryFragment<DB>,
    P: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SET @occ_was_there = LAST_INSERT_ID(0) + (SELECT COUNT(*) FROM ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        self.key.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

impl<M: OptimisticLock, P: QueryId> QueryId for LookFirst<'_, M, P> {
    type QueryId = StatementKey<Keyed<LookFirstKey, P::QueryId>, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = P::HAS_STATIC_QUERY_ID;
}

/// Names the statement in the cache.
pub enum LookFirstKey {}

/// The row that was inserted just now, if it has the key that it is looked for by, and is not another one that has it.
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
        match out.backend().dialect() {
            // In double quotes it is a text where there is no such column, as in a table that is `WITHOUT ROWID`.
            Some(Dialect::Sqlite) => {
                out.push_sql(" AND (\"_rowid_\" = last_insert_rowid() OR \"_rowid_\" = '_rowid_')");
                return Ok(());
            }
            Some(Dialect::Mysql) => {}
            Some(Dialect::Postgres) | None => return Ok(()),
        }
        if M::Generator::BY_DATABASE {
            out.push_sql(" AND @occ_was_there = 0");
        } else {
            for (place, column) in M::table_key().iter().enumerate() {
                out.push_sql(" AND ");
                out.push_identifier(column)?;
                out.push_sql(" = ");
                walk_kept_key(place, &mut out);
            }
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
