//! One column and its value, and what a statement does with them.

use crate::model::columns::ColumnValue;
use crate::model::columns::ColumnVisitor;
use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;

#[doc(hidden)]
/// Writes `"column" = value` for each column, with `separator` between them.
pub struct Equations<'p, 'b, DB: Backend> {
    out: AstPass<'p, 'b, DB>,
    separator: &'static str,
    empty: bool,
}

impl<'p, 'b, DB: Backend> Equations<'p, 'b, DB> {
    /// For a `SET` clause.
    pub(crate) fn assignments(out: AstPass<'p, 'b, DB>) -> Self {
        Self { out, separator: ", ", empty: true }
    }

    /// For a `WHERE` clause.
    pub(crate) fn conditions(out: AstPass<'p, 'b, DB>) -> Self {
        Self { out, separator: " AND ", empty: true }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.empty
    }

    /// Sets a column to what it is.
    pub(crate) fn unchanged(&mut self, column: &str) -> QueryResult<()> {
        self.separate();
        self.out.push_identifier(column)?;
        self.out.push_sql(" = ");
        self.out.push_identifier(column)
    }

    fn separate(&mut self) {
        if self.empty {
            self.empty = false;
        } else {
            self.out.push_sql(self.separator);
        }
    }
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for Equations<'_, 'b, DB> {
    fn column<C, T, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        self.separate();
        self.out.push_identifier(C::NAME)?;
        self.out.push_sql(" = ");
        value.bind(&mut self.out)
    }

    fn embedded<S>(&mut self, changeset: &'b S) -> QueryResult<()>
    where
        S: QueryFragment<DB>,
    {
        // A changeset of `None`s is no SQL at all, and then needs no comma either.
        if changeset.is_noop(self.out.backend())? {
            return Ok(());
        }
        self.separate();
        changeset.walk_ast(self.out.reborrow())
    }
}

/// Remembers the name of the first column it is shown.
#[derive(Default)]
pub(crate) struct FirstColumn {
    pub(crate) name: Option<&'static str>,
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for FirstColumn {
    fn column<C, T, K>(&mut self, _: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        self.name.get_or_insert(C::NAME);
        Ok(())
    }
}

/// Writes the names of the columns that it is shown, with commas between them.
pub(super) struct Names<'p, 'b, DB: Backend> {
    pub(super) out: AstPass<'p, 'b, DB>,
    pub(super) empty: bool,
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for Names<'_, 'b, DB> {
    fn column<C, T, K>(&mut self, _: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        self.out.push_sql(if std::mem::take(&mut self.empty) { "" } else { ", " });
        self.out.push_identifier(C::NAME)
    }
}

/// Binds the values that it is shown, with commas between them.
pub(super) struct Binds<'p, 'b, DB: Backend> {
    pub(super) out: AstPass<'p, 'b, DB>,
    pub(super) empty: bool,
    /// Whether MySQL is to forget the number that it has made for the row before.
    pub(super) forgets: bool,
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for Binds<'_, 'b, DB> {
    fn column<C, T, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        self.out.push_sql(if std::mem::take(&mut self.empty) { "" } else { ", " });
        if !std::mem::take(&mut self.forgets) {
            return value.bind(&mut self.out);
        }
        self.out.push_sql("IF(LAST_INSERT_ID(0), NULL, ");
        value.bind(&mut self.out)?;
        self.out.push_sql(")");
        Ok(())
    }
}

/// Counts the columns that it is shown.
#[derive(Default)]
pub(super) struct Count(pub(super) usize);

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for Count {
    fn column<C, T, K>(&mut self, _: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        self.0 += 1;
        Ok(())
    }
}
