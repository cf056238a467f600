//! The values that were loaded, as a condition:
//! `.. AND "stock" = ? AND ("price" IS NOT NULL AND "price" = ? OR "price" IS NULL AND ? IS NULL)`

use std::any::type_name;

use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::AstPass;
use diesel::result::{Error as DieselError, QueryResult};

use crate::model::check::Check as _;
use crate::model::columns::{ColumnValue, ColumnVisitor, Columns};
use crate::model::exact::ExactEquality;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::changed::Changed;
use crate::statement::dialect;
use crate::statement::dialect::{Dialect, Speaks};
use crate::statement::guard::{Guard, GuardKind};
use crate::statement::row_key::RowKey;

/// Holds for a row whose columns are as they were loaded: `ALL` of them, or those that are named.
pub struct AsLoaded<'a, M: OptimisticLock, const ALL: bool> {
    original: RowKey<'a, M>,
    /// `None` for all of them.
    only: Option<Vec<&'static str>>,
}

impl<'a, M: OptimisticLock> AsLoaded<'a, M, true> {
    /// Every column.
    pub(crate) fn whole(original: &'a M) -> Self {
        Self { original: RowKey::of(original), only: None }
    }
}

impl<'a, M: Trackable> AsLoaded<'a, M, false> {
    /// The columns that the struct has compared when `changed` is written; all of them where any may have been `written`.
    pub(crate) fn before(original: &'a M, changed: &Changed, written: bool) -> Self {
        let only = if M::Check::DIRTY_ONLY && !written { changed.checked_columns::<M>() } else { None };
        Self { original: RowKey::of(original), only }
    }
}

impl<M: OptimisticLock, const ALL: bool> GuardKind for AsLoaded<'_, M, ALL> {
    type Id = ByLoaded;
    // Where it does not hold, the row is stale, which is not the same as refused by a guard.
    const GUARDS: bool = false;
    const IS_FIXED: bool = ALL;
}

/// Names the comparison in the cache.
pub enum ByLoaded {}

impl<M, DB, const ALL: bool> Guard<DB> for AsLoaded<'_, M, ALL>
where
    DB: Speaks,
    M: Columns<DB>,
{
    fn walk_guard<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let RowKey { row, prepared } = &self.original;
        let dialect = out.backend().dialect();
        let only = self.only.as_deref();
        row.compared(prepared, &mut Comparisons { out, dialect, only, table: M::table_name() })
    }
}

/// Goes on with a `WHERE` clause: a condition for each column that is to be compared.
struct Comparisons<'v, 'p, 'b, DB: Backend> {
    out: AstPass<'p, 'b, DB>,
    /// `None` where the database is not known.
    dialect: Option<Dialect>,
    only: Option<&'v [&'static str]>,
    table: &'static str,
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for Comparisons<'_, '_, 'b, DB> {
    fn column<C, T, K>(&mut self, _: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        Ok(())
    }

    /// NULL equals nothing, so it is asked for by itself: in words that every backend knows, and that are the same whether
    /// the value is NULL or not, so that the statement stays prepared.
    fn compared<C, T, ST, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
        ST: ExactEquality,
    {
        if self.only.is_some_and(|only| !only.contains(&C::NAME)) {
            return Ok(());
        }
        self.out.push_sql(" AND ");
        if !ST::IS_NULLABLE {
            return self.equal::<C, T, ST, K>(value);
        }
        // PostgreSQL's `concat` makes an empty text of NULL, hence the first of these questions.
        self.out.push_sql("(");
        self.out.push_identifier(C::NAME)?;
        self.out.push_sql(" IS NOT NULL AND ");
        self.equal::<C, T, ST, K>(value)?;
        self.out.push_sql(" OR ");
        self.out.push_identifier(C::NAME)?;
        self.out.push_sql(" IS NULL AND ");
        value.bind(&mut self.out)?;
        self.out.push_sql(" IS NULL)");
        Ok(())
    }
}

impl<'b, DB: Backend> Comparisons<'_, '_, 'b, DB> {
    fn equal<C, T, ST, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
        ST: ExactEquality,
    {
        let condition = dialect::same(self.dialect, ST::KIND)
            .ok_or_else(|| DieselError::QueryBuilderError(self.unknown::<C>().into()))?;
        push_condition::<C, T, DB, K>(condition, value, &mut self.out)
    }

    /// Comparing by `=` would take some changes for none, so nothing is compared.
    fn unknown<C: Column>(&self) -> String {
        format!(
            "cannot compare column `{}` of `{}` with what was loaded: occ does not know how the database of the backend `{}` \
             tells two such values from each other; add a version column to the table, mark the field as `#[occ(unchecked)]`, or save \
             through a connection of Diesel's own",
            C::NAME,
            self.table,
            type_name::<DB>()
        )
    }
}

/// Writes a condition of the dialect's: `@` is the column, and `?` the value.
pub(super) fn push_condition<'b, C, T, DB, K>(
    condition: &str,
    value: &'b T,
    out: &mut AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: Backend,
    C: Column,
    T: ColumnValue<C, DB, K>,
{
    for part in condition.split_inclusive(['@', '?']) {
        if let Some(sql) = part.strip_suffix('@') {
            out.push_sql(sql);
            out.push_identifier(C::NAME)?;
        } else if let Some(sql) = part.strip_suffix('?') {
            out.push_sql(sql);
            value.bind(out)?;
        } else {
            out.push_sql(part);
        }
    }
    Ok(())
}
