//! The values that were loaded, as a condition:
//! `.. AND "stock" = ? AND ("price" IS NOT NULL AND "price" = ? OR "price" IS NULL AND ? IS NULL)`

use std::any::type_name;

use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;

use super::guard::{Guard, GuardKind};
use super::{Changed, RowKey};
use crate::column::{ColumnValue, ColumnVisitor};
use crate::fields::Fields;
use crate::loaded::{Check as _, ExactEquality};
use crate::model::{Columns, OptimisticLock};

/// Holds for a row whose columns are as they were loaded.
pub struct AsLoaded<'a, M: OptimisticLock> {
    original: RowKey<'a, M>,
    /// Those that are to be compared; `None` for all of them.
    only: Option<Vec<&'static str>>,
}

impl<'a, M: OptimisticLock> AsLoaded<'a, M> {
    /// Every column.
    pub(crate) fn whole(original: &'a M) -> Self {
        Self { original: RowKey::of(original), only: None }
    }
}

impl<'a, M: Fields> AsLoaded<'a, M> {
    /// The columns that the struct has compared when `changed` is written.
    pub(crate) fn before(original: &'a M, changed: &Changed) -> Self {
        let only = if M::Check::DIRTY_ONLY { changed.checked_columns::<M>() } else { None };
        Self { only, ..Self::whole(original) }
    }
}

impl<M: OptimisticLock> GuardKind for AsLoaded<'_, M> {
    // Where it does not hold, the row is stale, which is not the same as refused by a guard.
    const GUARDS: bool = false;
}

impl<M, DB> Guard<DB> for AsLoaded<'_, M>
where
    DB: Backend,
    M: Columns<DB>,
{
    fn walk_guard<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let RowKey { row, prepared } = &self.original;
        row.compared(prepared, &mut Comparisons { out, only: self.only.as_deref() })
    }
}

/// Goes on with a `WHERE` clause: a condition for each column that is to be compared.
struct Comparisons<'v, 'p, 'b, DB: Backend> {
    out: AstPass<'p, 'b, DB>,
    only: Option<&'v [&'static str]>,
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for Comparisons<'_, '_, 'b, DB> {
    fn column<C, T>(&mut self, _: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB>,
    {
        Ok(())
    }

    /// NULL equals nothing, so it is asked for by itself: in words that every backend knows, and that are the same whether
    /// the value is NULL or not, so that the statement stays prepared.
    fn compared<C, T, ST>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB>,
        ST: ExactEquality,
    {
        if self.only.is_some_and(|only| !only.contains(&C::NAME)) {
            return Ok(());
        }
        self.out.push_sql(" AND ");
        if !ST::IS_NULLABLE {
            return self.equal::<C, T, ST>(value);
        }
        // `concat` makes an empty text of NULL, hence the first of these questions.
        self.out.push_sql("(");
        self.out.push_identifier(C::NAME)?;
        self.out.push_sql(" IS NOT NULL AND ");
        self.equal::<C, T, ST>(value)?;
        self.out.push_sql(" OR ");
        self.out.push_identifier(C::NAME)?;
        self.out.push_sql(" IS NULL AND ");
        value.bind(&mut self.out)?;
        self.out.push_sql(" IS NULL)");
        Ok(())
    }
}

impl<'b, DB: Backend> Comparisons<'_, '_, 'b, DB> {
    /// Texts are compared byte by byte: in many a collation `a`, `A` and `a ` are equal, and then a change would be none.
    fn equal<C, T, ST>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB>,
        ST: ExactEquality,
    {
        let [before_column, between, after_value] = if ST::IS_TEXT { text_equality::<DB>() } else { PLAIN };
        self.out.push_sql(before_column);
        self.out.push_identifier(C::NAME)?;
        self.out.push_sql(between);
        value.bind(&mut self.out)?;
        self.out.push_sql(after_value);
        Ok(())
    }
}

/// What is before the column, between it and the value, and after that.
pub(super) type Equality = [&'static str; 3];

const PLAIN: Equality = ["", " = ", ""];

/// The backend is known by its name: without its feature its type cannot be named, and the comparison must be the same.
fn text_equality<DB>() -> Equality {
    match type_name::<DB>().rsplit("::").next() {
        Some("Sqlite") => ["", " = ", " COLLATE BINARY"],
        // A `char(n)` is loaded with the spaces that it is filled up with, which a cast to text would drop; `concat` does not.
        Some("Pg") => ["concat(", ") COLLATE \"C\" = ", ""],
        Some("Mysql") => {
            ["CAST(CONVERT(", " USING utf8mb4) AS BINARY) = CAST(CONVERT(", " USING utf8mb4) AS BINARY)"]
        }
        _ => PLAIN,
    }
}

/// For values of any type. PostgreSQL has types without equality, and others whose equal values differ, but all are texts.
pub(super) fn any_equality<DB>() -> Equality {
    match type_name::<DB>().rsplit("::").next() {
        Some("Pg") => ["concat(", ") COLLATE \"C\" = concat(", ") COLLATE \"C\""],
        Some("Sqlite") => ["", " = ", " COLLATE BINARY"],
        _ => PLAIN,
    }
}
