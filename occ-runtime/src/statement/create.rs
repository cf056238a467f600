//! `INSERT INTO "products" ("version", "name") VALUES (?, ?) RETURNING "products"."id", ..`, of values that Diesel inserts.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::dsl::{AsSelect, Eq, SqlTypeOf};
use diesel::expression::{AppearsOnTable, Expression, TypedExpressionType};
use diesel::expression_methods::EqAll;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{SingleValue, SqlType};
use diesel::{ExpressionMethods as _, Insertable, RunQueryDsl, Selectable, Table};

use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::clause::Binds;
use crate::statement::dialect::{self, Dialect, Speaks};
use crate::statement::find::{FindRow, KeyEquals};
use crate::statement::insert::walk_nothing_if_taken;
use crate::statement::row_key::{FromClause, StatementKey, from_clause};
use crate::version::generator::VersionGenerator as _;

/// The version of a new row. Where the database makes it there is nothing, so that Diesel leaves the column out.
pub struct FirstVersion<M: OptimisticLock>(M::Version);

impl<M: OptimisticLock> Expression for FirstVersion<M> {
    type SqlType = SqlTypeOf<M::VersionColumn>;
}

impl<M: OptimisticLock, QS> AppearsOnTable<QS> for FirstVersion<M> {}

impl<M, DB> QueryFragment<DB> for FirstVersion<M>
where
    DB: Backend + 'static,
    M: Columns<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if M::Generator::BY_DATABASE {
            return Ok(());
        }
        // Else it would go on being the key of the row before, if this one has another key than a number of MySQL's.
        let forgets = !dialect::returns_new_rows::<DB>();
        out.push_sql(if forgets { "IF(LAST_INSERT_ID(0), NULL, " } else { "" });
        M::visit_version(&self.0, &mut Binds { out: out.reborrow(), empty: true })?;
        out.push_sql(if forgets { ")" } else { "" });
        Ok(())
    }
}

impl<M: OptimisticLock> QueryId for FirstVersion<M> {
    type QueryId = StatementKey<FirstVersionKey, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

pub enum FirstVersionKey {}

/// Values of a new row of `M`: whatever Diesel can insert into its table, one row of it, without the version.
///
/// A struct with `#[derive(Insertable)]` or a reference to one, `column.eq(value)`, or a tuple of them.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no new row of `{M}`",
    label = "not `Insertable` into the table of `{M}`, as one row",
    note = "derive `Insertable` with the same `#[diesel(table_name = ..)]`, or pass `column.eq(value)` or a tuple of them; leave the version out",
    note = "where fields have `serialize_as`, pass the value itself and no reference; many rows at once are a slice, by `insert_all_optimistic`"
)]
pub trait NewRow<M: OptimisticLock, DB: Backend> {
    type Values: QueryFragment<DB> + QueryId;

    fn values(self) -> Self::Values;
}

#[diagnostic::do_not_recommend]
impl<M, DB, V, I> NewRow<M, DB> for V
where
    DB: Backend,
    M: OptimisticLock<VersionColumn: Default>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + TypedExpressionType,
    // The version first: where the values name it as well, SQLite takes the first, and the others refuse.
    (Eq<M::VersionColumn, FirstVersion<M>>, V): Insertable<M::Table, Values = I>,
    I: QueryFragment<DB> + QueryId,
{
    type Values = I;

    fn values(self) -> I {
        let version = M::VersionColumn::default().eq(FirstVersion(M::Generator::initial()));
        Insertable::values((version, self))
    }
}

/// A key by which a row of `M` is found: what Diesel's `find` takes.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no row of `{M}` is found by a key of type `{Self}`",
    label = "the key is what Diesel's `find` takes: a value, or a tuple"
)]
pub trait KeyOf<M: OptimisticLock, DB: Backend> {
    type Found: QueryFragment<DB> + QueryId;

    fn found(self) -> Self::Found;
}

#[diagnostic::do_not_recommend]
impl<M, DB, K, P> KeyOf<M, DB> for K
where
    DB: Backend,
    M: OptimisticLock<Table: Table<PrimaryKey: EqAll<K, Output = P>>>,
    P: QueryFragment<DB> + QueryId,
{
    type Found = KeyEquals<M, K>;

    fn found(self) -> Self::Found {
        M::table().primary_key().eq_all(self)
    }
}

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
            walk_nothing_if_taken::<M, DB>(out.reborrow())?;
        }
        if dialect::returns_new_rows::<DB>() {
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

/// MySQL: reads the row for which a number was made just now. A key that is a text is equal to 0, so that is asked for as well.
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
    DB: Backend,
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
        out.push_identifier(self.key)?;
        out.push_sql(" = LAST_INSERT_ID() AND LAST_INSERT_ID() <> 0");
        Ok(())
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
            out.push_sql(" LOCK IN SHARE MODE");
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
