//! `SELECT "version" FROM "products" WHERE "id" = ? AND "version" = ? AND ("name" IS NOT NULL AND "name" = ? OR ..)`:
//! whether the row is what was written.

use diesel::backend::Backend;
use diesel::dsl::SqlTypeOf;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::{Column, RunQueryDsl};

use crate::model::columns::{ColumnValue, ColumnVisitor, Columns};
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::soft_delete::Rows;
use crate::statement::as_loaded::push_condition;
use crate::statement::dialect;
use crate::statement::dialect::{Dialect, Speaks};
use crate::statement::row_key::{FromClause, RowKey, from_clause};

/// Finds the row at a version if its key and its columns are those of a value. Unless it is asked leniently, it is never found
/// where there are embedded structs, whose columns only their own changeset knows.
pub struct StoredAs<'a, M: OptimisticLock> {
    table: FromClause<M>,
    key: RowKey<'a, M>,
    version: &'a M::Version,
    leniently: bool,
    with_unversioned: bool,
}

impl<'a, M: OptimisticLock> StoredAs<'a, M> {
    /// `leniently`: what cannot be compared is left out.
    pub(crate) fn of(row: &'a M, version: &'a M::Version, leniently: bool) -> Self {
        Self { table: from_clause::<M>(), key: RowKey::of(row), version, leniently, with_unversioned: false }
    }

    /// With the columns that a save leaves alone, and an `INSERT` writes.
    pub(crate) fn with_unversioned(mut self, with_unversioned: bool) -> Self {
        self.with_unversioned = with_unversioned;
        self
    }
}

impl<M, DB> QueryFragment<DB> for StoredAs<'_, M>
where
    DB: Speaks,
    M: Columns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        out.push_identifier(M::VersionColumn::NAME)?;
        out.push_sql(" FROM ");
        self.table.walk_ast(out.reborrow())?;
        let RowKey { row, prepared } = &self.key;
        self.key.walk_where_at(Rows::There, self.version, out.reborrow())?;
        let dialect = out.backend().dialect();
        let mut same = Same { out, dialect, leniently: self.leniently };
        row.values(prepared, &mut same)?;
        if self.with_unversioned { row.unversioned(prepared, &mut same) } else { Ok(()) }
    }
}

impl<M: OptimisticLock> Query for StoredAs<'_, M> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

impl<M: OptimisticLock, Conn> RunQueryDsl<Conn> for StoredAs<'_, M> {}

impl<M: OptimisticLock> QueryId for StoredAs<'_, M> {
    type QueryId = ();
    // Which columns there are can depend on the values.
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Where nobody knows how to ask, the row is not found.
const NEVER: &str = " AND 1 = 0";

/// Goes on with a `WHERE` clause: a condition for each column.
struct Same<'p, 'b, DB: Backend> {
    out: AstPass<'p, 'b, DB>,
    dialect: Option<Dialect>,
    leniently: bool,
}

impl<DB: Backend> Same<'_, '_, DB> {
    fn unknown(&mut self) {
        if !self.leniently {
            self.out.push_sql(NEVER);
        }
    }
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for Same<'_, 'b, DB> {
    fn column<C, T, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        let Some(condition) = dialect::stored::<SqlTypeOf<C>>(self.dialect) else {
            self.unknown();
            return Ok(());
        };
        self.out.push_sql(" AND (");
        self.out.push_identifier(C::NAME)?;
        self.out.push_sql(" IS NOT NULL AND ");
        push_condition::<C, T, DB, K>(condition, value, &mut self.out)?;
        self.out.push_sql(" OR ");
        self.out.push_identifier(C::NAME)?;
        self.out.push_sql(" IS NULL AND ");
        value.bind(&mut self.out)?;
        self.out.push_sql(" IS NULL)");
        Ok(())
    }

    fn embedded<S>(&mut self, _: &'b S) -> QueryResult<()>
    where
        S: QueryFragment<DB>,
    {
        self.unknown();
        Ok(())
    }
}
