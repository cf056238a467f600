//! One column and its value, and what a statement does with them.

use std::fmt::{Debug, Write as _};

use diesel::Column;
use diesel::backend::Backend;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;

use crate::declared::Declared;
use crate::loaded::ExactEquality;
use crate::stub;

/// A value that can be bound where the column `C` is written or compared.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be bound to the column `{C}` on `{DB}`",
    note = "add `impl ToSql<.., {DB}> for {Self}`, for the SQL type that the column has in `table!`",
    note = "`SystemTime` is known to PostgreSQL and MySQL alone: on SQLite use an integer, or a type of `chrono` or `time` (the feature of \
            that name, of diesel and of occ-runtime)"
)]
pub trait ColumnValue<C, DB: Backend, Checks = Declared<false>> {
    /// For error messages.
    fn shown(&self) -> &dyn Debug;

    /// Pushes this value as a bind parameter.
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

#[diagnostic::do_not_recommend]
impl<T, C, DB> ColumnValue<C, DB, Declared<false>> for T
where
    C: Column,
    DB: Backend + HasSqlType<<C as Expression>::SqlType>,
    T: ToSql<<C as Expression>::SqlType, DB>,
{
    fn shown(&self) -> &dyn Debug {
        self
    }

    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_bind_param::<<C as Expression>::SqlType, T>(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T, C, DB: Backend> ColumnValue<C, DB, Declared<true>> for T {
    fn shown(&self) -> &dyn Debug {
        stub::never()
    }

    fn bind<'b>(&'b self, _: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        stub::never()
    }
}

/// Is shown the columns of a row one by one.
#[doc(hidden)]
pub trait ColumnVisitor<'b, DB: Backend> {
    /// The column `C` and its value.
    fn column<C, T, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>;

    /// The column `C` of the type `ST` and what was loaded of it, for whoever compares them.
    fn compared<C, T, ST, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
        ST: ExactEquality,
    {
        let _ = value;
        Ok(())
    }

    /// The columns of an embedded struct, as its own `AsChangeset` writes them. Whoever does not write SQL has no use for them.
    fn embedded<S>(&mut self, changeset: &'b S) -> QueryResult<()>
    where
        S: QueryFragment<DB>,
    {
        let _ = changeset;
        Ok(())
    }
}

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

/// Writes the values down as text, for error messages: `1`, or `(1, "blue")` for several columns.
#[derive(Default)]
pub(crate) struct ValueText {
    text: String,
    columns: usize,
}

impl ValueText {
    pub(crate) fn finish(self) -> String {
        if self.columns == 1 { self.text } else { format!("({})", self.text) }
    }
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for ValueText {
    fn column<C, T, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        if self.columns > 0 {
            self.text.push_str(", ");
        }
        self.columns += 1;
        // Writing to a String does not fail, and a `Debug` that claims to fail has written what it could.
        let _ = write!(self.text, "{:?}", value.shown());
        Ok(())
    }
}
