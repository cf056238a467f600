//! `INSERT INTO "products" ("id", "name", "version") VALUES (?, ?, ?) ON CONFLICT ("id") DO NOTHING`

use diesel::Column as _;
use diesel::backend::Backend;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

use crate::model::columns::{ColumnVisitor, InsertColumns};
use crate::model::optimistic_lock::{OptimisticLock, SqlText};
use crate::statement::clause::{Binds, Count, Names};
use crate::statement::dialect::{Dialect, Speaks};
use crate::statement::row_key::{FromClause, RowKey, StatementKey, from_clause};
use crate::statement::update::ReturningVersion;

/// Makes a row of a whole struct, if there is none with its key.
///
/// PostgreSQL and SQLite are told to do nothing where the key is taken, so that the transaction around it goes on. Only the key is
/// named: what violates another index is an error. MySQL has no such words (`IGNORE` hides other errors as well), and undoes
/// a statement that fails and no more.
pub struct Insert<'a, M: OptimisticLock> {
    table: FromClause<M>,
    row: RowKey<'a, M>,
    version: Option<&'a M::Version>,
}

impl<'a, M: OptimisticLock> Insert<'a, M> {
    /// `version` is `None` where the database makes it.
    pub(crate) fn new(row: &'a M, version: Option<&'a M::Version>) -> Self {
        Self { table: from_clause::<M>(), row: RowKey::of(row), version }
    }

    fn walk<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>, forgets: bool) -> QueryResult<()>
    where
        DB: Speaks,
        M: InsertColumns<DB>,
        FromClause<M>: QueryFragment<DB>,
    {
        if matches!(M::INSERT_TEXT, SqlText::Many) {
            out.unsafe_to_cache_prepared();
        }
        walk_into(&self.table, &self.row, self.version, out.reborrow())?;
        walk_values(&self.row, self.version, forgets, out.reborrow())?;
        walk_nothing_if_taken(M::key_columns(), out)
    }
}

impl<M, DB> QueryFragment<DB> for Insert<'_, M>
where
    DB: Speaks,
    M: InsertColumns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.walk(out, false)
    }
}

/// The same of a row whose key may be one that the database takes for none: MySQL forgets the number that it has made before.
pub struct ForgettingInsert<'a, M: OptimisticLock>(pub(crate) Insert<'a, M>);

impl<M, DB> QueryFragment<DB> for ForgettingInsert<'_, M>
where
    DB: Speaks,
    M: InsertColumns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let forgets = out.backend().dialect() == Some(Dialect::Mysql);
        self.0.walk(out, forgets)
    }
}

impl<M: OptimisticLock> QueryId for ForgettingInsert<'_, M> {
    type QueryId = ();
    // Rarely sent, so it is kept under its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<M: OptimisticLock> QueryId for Insert<'_, M> {
    type QueryId = StatementKey<InsertRow, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = matches!(M::INSERT_TEXT, SqlText::Fixed);
}

pub enum InsertRow {}

impl<M, DB> QueryFragment<DB> for ReturningVersion<Insert<'_, M>>
where
    DB: Speaks,
    M: InsertColumns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" RETURNING ");
        out.push_identifier(M::VersionColumn::NAME)
    }
}

impl<M: OptimisticLock> Query for ReturningVersion<Insert<'_, M>> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

/// The same of several rows, each with its version.
pub struct InsertRows<'a, M: OptimisticLock> {
    table: FromClause<M>,
    rows: Vec<(RowKey<'a, M>, &'a M::Version)>,
}

impl<'a, M: OptimisticLock> InsertRows<'a, M> {
    /// Of the rows at some places of the slice, in this order.
    pub(crate) fn new(places: &[usize], rows: &'a [M], versions: &'a [M::Version]) -> Self {
        let rows = places.iter().map(|place| (RowKey::of(&rows[*place]), &versions[*place])).collect();
        Self { table: from_clause::<M>(), rows }
    }

    /// How many rows go into a statement at most: as many values as each database counts.
    pub(crate) fn most<DB>(rows: &[M], versions: &[M::Version]) -> QueryResult<usize>
    where
        DB: Backend,
        M: InsertColumns<DB>,
    {
        let row = RowKey::of(&rows[0]);
        let mut width = Count::default();
        walk_row(&row, versions.first(), &mut width)?;
        Ok((MOST_BINDS / width.0.max(1)).clamp(1, MOST_ROWS))
    }

    /// How many of the rows that are left go into the next statement: a power of two, so that there are few texts.
    pub(crate) fn next(left: usize, most: usize) -> usize {
        1 << left.min(most).max(1).ilog2()
    }
}

/// SQLite's limit; the others have twice as many.
const MOST_BINDS: usize = 32_766;
/// More rows in a statement gain nothing.
const MOST_ROWS: usize = 128;

impl<M, DB> QueryFragment<DB> for InsertRows<'_, M>
where
    DB: Speaks,
    M: InsertColumns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (place, (row, version)) in self.rows.iter().enumerate() {
            let version = *version;
            if place == 0 {
                walk_into(&self.table, row, Some(version), out.reborrow())?;
            } else {
                out.push_sql(", ");
            }
            walk_values(row, Some(version), false, out.reborrow())?;
        }
        walk_nothing_if_taken(M::key_columns(), out)
    }
}

impl<M: OptimisticLock> QueryId for InsertRows<'_, M> {
    type QueryId = ();
    // The number of rows is in the text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// `INSERT INTO "products" ("id", "name", "version") VALUES `
fn walk_into<'b, M, DB>(
    table: &'b FromClause<M>,
    row: &'b RowKey<'_, M>,
    version: Option<&'b M::Version>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: Backend,
    M: InsertColumns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    out.push_sql("INSERT INTO ");
    table.walk_ast(out.reborrow())?;
    out.push_sql(" (");
    walk_row(row, version, &mut Names { out: out.reborrow(), empty: true })?;
    out.push_sql(") VALUES ");
    Ok(())
}

/// `(?, ?, ?)`
fn walk_values<'b, M, DB>(
    row: &'b RowKey<'_, M>,
    version: Option<&'b M::Version>,
    forgets: bool,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: Backend,
    M: InsertColumns<DB>,
{
    out.push_sql("(");
    walk_row(row, version, &mut Binds { out: out.reborrow(), empty: true, forgets })?;
    out.push_sql(")");
    Ok(())
}

/// Shows all columns that a new row has, in the one order.
fn walk_row<'a, 'b, DB, M, V>(
    row: &'b RowKey<'a, M>,
    version: Option<&'b M::Version>,
    visitor: &mut V,
) -> QueryResult<()>
where
    'a: 'b,
    DB: Backend,
    M: InsertColumns<DB>,
    V: ColumnVisitor<'b, DB>,
{
    row.row.key(&row.prepared, visitor)?;
    row.row.values(&row.prepared, visitor)?;
    row.row.unversioned(&row.prepared, visitor)?;
    match version {
        Some(version) => M::visit_version(version, visitor),
        None => Ok(()),
    }
}

/// ` ON CONFLICT ("id") DO NOTHING`, where the database has it.
pub(super) fn walk_nothing_if_taken<DB>(key: &[&str], mut out: AstPass<'_, '_, DB>) -> QueryResult<()>
where
    DB: Speaks,
{
    if !matches!(out.backend().dialect(), Some(Dialect::Sqlite | Dialect::Postgres)) {
        return Ok(());
    }
    out.push_sql(" ON CONFLICT (");
    for (place, column) in key.iter().enumerate() {
        out.push_sql(if place == 0 { "" } else { ", " });
        out.push_identifier(column)?;
    }
    out.push_sql(") DO NOTHING");
    Ok(())
}
