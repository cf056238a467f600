//! The rows as a table beside the one that is written: for PostgreSQL.
//!
//! ```sql
//! UPDATE "products" SET "name" = occ_0, "version" = occ_1
//!   FROM (SELECT occ_rows.* FROM "products" AS occ_table,
//!                (VALUES ($1, $2, $3, $4, 0), ($5, $6, $7, $8, 1)) AS occ_rows (occ_0, occ_1, occ_2, occ_3, occ_4)
//!          WHERE "id" = occ_2 AND "version" = occ_3 ORDER BY occ_4 FOR NO KEY UPDATE OF occ_table) AS occ_rows
//!  WHERE "id" = occ_2 AND "version" = occ_3
//! ```
//!
//! The rows are locked before they are written, since an `UPDATE` goes through them as the plan has it: as `VALUES` has them where
//! each is looked up in the index, and as they lie in the table where both are hashed. Two batches of different lengths are
//! planned differently, and would meet in a deadlock. The lock is the one that the write takes: rows that refer to these can
//! be inserted meanwhile.
//!
//! MariaDB takes such a table as well, but not one of parameters: 10.11.19 gives its columns the types of other values, and
//! calls text too long at best; at worst the server crashes.

use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;

use crate::model::columns::{ColumnValue, ColumnVisitor, Columns};
use crate::model::soft_delete::Rows as Which;
use crate::statement::clause::Binds;
use crate::statement::many::rows::{Rows, Width, Written, walk_written};
use crate::statement::row_key::{FromClause, RowKey};

pub(super) fn walk<'b, DB, M, W>(
    table: &'b FromClause<M>,
    rows: &'b Rows<'_, M, W>,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: Backend,
    M: Columns<DB>,
    W: Written<M>,
    FromClause<M>: QueryFragment<DB>,
{
    let first = &rows.keys[0];
    if let Some([next, ..]) = rows.next.as_deref() {
        out.push_sql(" SET ");
        let mut pairs = Pairs { out: out.reborrow(), separator: ", ", column: 0, empty: true };
        walk_written(first, &rows.written, next, &mut pairs)?;
    }
    out.push_sql(if rows.next.is_some() { " FROM " } else { " USING " });
    out.push_sql("(SELECT occ_rows.* FROM ");
    table.walk_ast(out.reborrow())?;
    out.push_sql(" AS occ_table, ");
    walk_values(rows, out.reborrow())?;
    walk_where(first, rows.width, out.reborrow())?;
    out.push_sql(" ORDER BY ");
    push_column(rows.width.written + rows.width.key + 1, &mut out);
    out.push_sql(if rows.next.is_some() { " FOR NO KEY UPDATE" } else { " FOR UPDATE" });
    out.push_sql(" OF occ_table) AS occ_rows");
    walk_where(first, rows.width, out)
}

/// ` WHERE "id" = occ_2 AND "version" = occ_3`, and no mark says that the row is deleted.
fn walk_where<'b, DB, M>(
    first: &'b RowKey<'_, M>,
    width: Width,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: Backend,
    M: Columns<DB>,
{
    out.push_sql(" WHERE ");
    let pairs = &mut Pairs { out: out.reborrow(), separator: " AND ", column: width.written, empty: true };
    walk_matched(first, pairs)?;
    Which::There.walk::<M, DB>(&mut out)
}

/// `(VALUES ($1, $2, 0), ($3, $4, 1)) AS occ_rows (occ_0, occ_1, occ_2)`: the last is the order of the rows.
fn walk_values<'b, DB, M, W>(rows: &'b Rows<'_, M, W>, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    DB: Backend,
    M: Columns<DB>,
    W: Written<M>,
{
    out.push_sql("(VALUES ");
    for (index, (row, next)) in rows.slots().enumerate() {
        out.push_sql(if index == 0 { "(" } else { ", (" });
        let mut binds = Binds { out: out.reborrow(), empty: true, forgets: false };
        if let Some(next) = next {
            walk_written(row, &rows.written, next, &mut binds)?;
        }
        walk_matched(row, &mut binds)?;
        out.push_sql(", ");
        out.push_sql(&index.to_string());
        out.push_sql(")");
    }
    out.push_sql(") AS occ_rows (");
    for column in 0..=rows.width.written + rows.width.key + 1 {
        out.push_sql(if column == 0 { "" } else { ", " });
        push_column(column, &mut out);
    }
    out.push_sql(")");
    Ok(())
}

/// Shows what a row is known by.
fn walk_matched<'a, 'b, DB, M, V>(row: &'b RowKey<'a, M>, visitor: &mut V) -> QueryResult<()>
where
    'a: 'b,
    DB: Backend,
    M: Columns<DB>,
    V: ColumnVisitor<'b, DB>,
{
    row.row.key(&row.prepared, visitor)?;
    M::visit_version(row.row.version(), visitor)
}

/// A column of `occ_rows`, by a name that no column of a user's has.
fn push_column<DB: Backend>(index: usize, out: &mut AstPass<'_, '_, DB>) {
    out.push_sql("occ_");
    out.push_sql(&index.to_string());
}

/// Writes columns, each with the column of `occ_rows` that it is set to or compared with.
struct Pairs<'p, 'b, DB: Backend> {
    out: AstPass<'p, 'b, DB>,
    separator: &'static str,
    /// The next column of `occ_rows`.
    column: usize,
    empty: bool,
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for Pairs<'_, 'b, DB> {
    fn column<C, T, K>(&mut self, _: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        self.out.push_sql(if std::mem::take(&mut self.empty) { "" } else { self.separator });
        self.out.push_identifier(C::NAME)?;
        self.out.push_sql(" = ");
        push_column(self.column, &mut self.out);
        self.column += 1;
        Ok(())
    }
}
