//! `.. AND "version" = ?`, in words that find the version on every backend.

use std::any::type_name;

use diesel::Column;
use diesel::backend::Backend;
use diesel::expression::Expression;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;

use crate::model::columns::{ColumnValue, ColumnVisitor};
use crate::statement::dialect::{Dialect, Speaks};

/// Goes on with a `WHERE` clause: the version is the one that it is shown.
pub(crate) struct AtVersion<'p, 'b, DB: Backend>(pub(crate) AstPass<'p, 'b, DB>);

impl<'b, DB: Speaks> ColumnVisitor<'b, DB> for AtVersion<'_, 'b, DB> {
    fn column<C, T, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        let out = &mut self.0;
        out.push_sql(" AND ");
        // SQLite has it as text, and so compares it as text.
        if is_an_instant::<<C as Expression>::SqlType>() && out.backend().dialect() == Some(Dialect::Sqlite) {
            return same_instant::<C, DB>(out, |out| value.bind(out));
        }
        out.push_identifier(C::NAME)?;
        out.push_sql(" = ");
        value.bind(out)
    }
}

/// Whether the column's type is a point in time. That with a time zone (`TimestamptzSqlite` in `table!`) is known by its name,
/// since without Diesel's feature `sqlite` it cannot be written down.
fn is_an_instant<ST>() -> bool {
    let name = type_name::<ST>();
    name == type_name::<diesel::sql_types::Timestamp>() || name == "diesel::sqlite::types::Timestamptz"
}

/// One instant can be written in many ways: `10:20:30`, `10:20:30.000`, `T10:20:30Z`, `10:20:30+00:00`. Diesel reads all
/// of them and writes one, and each of its types another one; `CURRENT_TIMESTAMP`, triggers and other programs write theirs.
/// So what differs in nothing but these ways is the same version: the `T`, what says UTC, and zeros at the end.
///
/// A timestamp cut to this form has lost only what its form says anyway, so that two instants stay two. A text of any
/// other form is compared as it is; and one that is the same needs no further look.
fn same_instant<'b, C, DB>(
    out: &mut AstPass<'_, 'b, DB>,
    value: impl Fn(&mut AstPass<'_, 'b, DB>) -> QueryResult<()>,
) -> QueryResult<()>
where
    C: Column,
    DB: Backend,
{
    out.push_sql("(");
    out.push_identifier(C::NAME)?;
    out.push_sql(" = ");
    value(out)?;
    out.push_sql(" OR ");
    out.push_identifier(C::NAME)?;
    out.push_sql(" GLOB '*-??-??[ T]??:??*' AND rtrim(replace(");
    out.push_identifier(C::NAME)?;
    out.push_sql(", 'T', ' '), 'Z0:.+') = rtrim(replace(");
    value(out)?;
    out.push_sql(", 'T', ' '), 'Z0:.+'))");
    Ok(())
}
