//! A case for each row: for MySQL and MariaDB.
//!
//! ```sql
//! UPDATE `products`
//!    SET `name` = CASE WHEN `id` = ? THEN ? WHEN `id` = ? THEN ? END,
//!        `version` = CASE WHEN `id` = ? THEN ? WHEN `id` = ? THEN ? END
//!  WHERE `id` = ? AND `version` = ? OR `id` = ? AND `version` = ?
//! ```

use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;

use crate::model::columns::{ColumnValue, ColumnVisitor, Columns};
use crate::model::soft_delete::Rows as Which;
use crate::statement::dialect::Speaks;
use crate::statement::many::rows::{Rows, Written, walk_written};

pub(super) fn walk<'b, DB, M, W>(rows: &'b Rows<'_, M, W>, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    DB: Speaks,
    M: Columns<DB>,
    W: Written<M>,
{
    for column in 0..rows.width.written {
        out.push_sql(if column == 0 { " SET " } else { ", " });
        for (index, (row, next)) in rows.slots().enumerate() {
            let Some(next) = next else { continue };
            if index == 0 {
                let mut name = Nth { out: out.reborrow(), left: column, part: Part::Name };
                walk_written(row, &rows.written, next, &mut name)?;
                out.push_sql(" = CASE");
            }
            out.push_sql(" WHEN ");
            row.walk_key(out.reborrow())?;
            out.push_sql(" THEN ");
            let mut value = Nth { out: out.reborrow(), left: column, part: Part::Value };
            walk_written(row, &rows.written, next, &mut value)?;
        }
        out.push_sql(" END");
    }
    for (index, (row, _)) in rows.slots().enumerate() {
        out.push_sql(if index == 0 { " WHERE " } else { " OR " });
        row.walk_key_at(Which::There, row.row.version(), out.reborrow())?;
    }
    Ok(())
}

enum Part {
    Name,
    Value,
}

/// Writes a part of one column, after so many others.
struct Nth<'p, 'b, DB: Backend> {
    out: AstPass<'p, 'b, DB>,
    left: usize,
    part: Part,
}

impl<'b, DB: Backend> ColumnVisitor<'b, DB> for Nth<'_, 'b, DB> {
    fn column<C, T, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        let (before, is_it) = self.left.overflowing_sub(1);
        self.left = before;
        match self.part {
            _ if !is_it => Ok(()),
            Part::Name => self.out.push_identifier(C::NAME),
            Part::Value => value.bind(&mut self.out),
        }
    }
}
