//! The statements of a batch, each of as many rows as the limits allow.

use std::ops::Range;

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;

use crate::error::stale::Operation;
use crate::model::columns::Columns;
use crate::model::optimistic_lock::{OptimisticLock, SqlText};
use crate::statement::assign::WholeRow;
use crate::statement::clause::Count;
use crate::statement::dialect::{self, BatchStyle, Speaks};
use crate::statement::many::rows::{Rows, Width, Written, walk_written};
use crate::statement::many::{cases, values};
use crate::statement::row_key::{FromClause, RowKey, from_clause};
use crate::version::generator::VersionGenerator as _;

/// Whether rows are deleted, and not by a mark.
pub(crate) fn deletes_for_good<M: OptimisticLock>(operation: Operation) -> bool {
    operation == Operation::Delete && M::MARK.is_none()
}

impl BatchStyle {
    /// How the rows of an operation go together. None: they go one by one.
    pub(crate) fn of<DB: 'static, M: OptimisticLock>(operation: Operation, rows: usize) -> Option<Self> {
        // Nothing reads the versions back, and columns that are left alone in one row and not in the other do not fit
        // into one statement.
        let fits = deletes_for_good::<M>(operation)
            || !M::Generator::BY_DATABASE
                && (operation == Operation::Delete || matches!(M::SQL_TEXT, SqlText::Fixed));
        // Of a key that matches two rows the sum must not hide that another row is stale.
        if fits && rows > 1 && !M::UNIQUE_KEY { dialect::batch_style::<DB>() } else { None }
    }

    /// More rows in a statement are slower: planning grows linearly with them, looking up their `CASE` quadratically.
    const fn most_rows(self) -> usize {
        match self {
            Self::Values => 128,
            Self::Cases => 32,
        }
    }

    /// How many rows of this width go into a statement: a power of two.
    fn rows_of(self, width: Width) -> usize {
        let most = (MOST_BINDS / self.binds(width)).clamp(1, self.most_rows());
        1 << most.ilog2()
    }

    /// Whether several statements lock rows in the order in which they are sent. MySQL may go through the whole of a small table for
    /// each, from its first row on.
    const fn keeps_order(self) -> bool {
        matches!(self, Self::Values)
    }

    /// How many values a row takes.
    const fn binds(self, width: Width) -> usize {
        let matched = width.key + 1;
        match self {
            Self::Values => width.written + matched,
            // The key again for each value.
            Self::Cases => width.written * matched + matched,
        }
    }
}

/// PostgreSQL and MySQL count the values of a statement in 16 bits.
const MOST_BINDS: usize = 65_535;

/// How rows of which the same columns are written are divided among statements: as few as the limits allow.
pub(crate) struct Chunks<W = WholeRow> {
    style: BatchStyle,
    width: Width,
    most: usize,
    written: W,
}

impl<W> Chunks<W> {
    /// Of rows that are written as the one at a place of the slice. `next` is the version that each row gets; none to delete it.
    pub(crate) fn of<DB, M>(
        place: usize,
        rows: &[M],
        next: Option<&[M::Version]>,
        written: W,
        style: BatchStyle,
    ) -> QueryResult<Self>
    where
        DB: Backend,
        M: Columns<DB>,
        W: Written<M>,
    {
        let row = RowKey::of(&rows[place]);
        let (mut columns, mut key) = (Count(0), Count(0));
        if let Some(next) = next {
            walk_written(&row, &written, &next[place], &mut columns)?;
        }
        row.row.key(&row.prepared, &mut key)?;
        let width = Width { written: columns.0, key: key.0 };
        Ok(Self { style, width, most: style.rows_of(width), written })
    }

    /// Of rows in this order, for each part of them of which the same columns are written: with where in the order it ends. `None`
    /// where several parts would not lock the rows in this order.
    pub(crate) fn of_parts<DB, M>(
        order: &[usize],
        rows: &[M],
        next: Option<&[M::Version]>,
        written: impl Fn(usize) -> W,
        style: BatchStyle,
    ) -> QueryResult<Option<Vec<(Self, usize)>>>
    where
        DB: Backend,
        M: Columns<DB>,
        W: Written<M>,
    {
        let mut end = 0;
        let alike = order.chunk_by(|a, b| written(*a) == written(*b)).map(|part| {
            end += part.len();
            Ok((Self::of::<DB, M>(part[0], rows, next, written(part[0]), style)?, end))
        });
        let parts = alike.collect::<QueryResult<Vec<_>>>()?;
        Ok(Some(parts).filter(|parts| parts.len() == 1 || style.keeps_order()))
    }

    /// The next rows, from the one on which is number `from` in their order.
    pub(crate) fn after(&self, from: usize, rows: usize) -> Option<Range<usize>> {
        (from < rows).then(|| from..rows.min(from + self.most))
    }

    /// The statement for the rows at some places of the slice, in this order.
    pub(crate) fn statement<'a, M: OptimisticLock>(
        &self,
        places: &[usize],
        rows: &'a [M],
        next: Option<&'a [M::Version]>,
    ) -> Many<'a, M, W>
    where
        W: Written<M>,
    {
        let next = next.map(|next| places.iter().map(|place| &next[*place]).collect());
        let keys = places.iter().map(|place| RowKey::of(&rows[*place])).collect();
        Many {
            table: from_clause::<M>(),
            rows: Rows { keys, next, width: self.width, written: self.written },
            style: self.style,
        }
    }
}

/// Writes some rows, or deletes them.
pub struct Many<'a, M: OptimisticLock, W = WholeRow> {
    table: FromClause<M>,
    rows: Rows<'a, M, W>,
    style: BatchStyle,
}

impl<M, W, DB> QueryFragment<DB> for Many<'_, M, W>
where
    DB: Speaks,
    M: Columns<DB>,
    W: Written<M>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if matches!(self.rows.written.sql_text(), SqlText::Many) {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql(if self.rows.next.is_some() { "UPDATE " } else { "DELETE FROM " });
        self.table.walk_ast(out.reborrow())?;
        match self.style {
            BatchStyle::Values => values::walk(&self.table, &self.rows, out),
            BatchStyle::Cases => cases::walk(&self.rows, out),
        }
    }
}

impl<M: OptimisticLock, W> QueryId for Many<'_, M, W> {
    type QueryId = ();
    // The number of rows is in the text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

#[cfg(test)]
mod tests {
    use super::{BatchStyle, Width};

    #[test]
    fn a_statement_takes_as_many_rows_as_its_values_allow() {
        let width = |written, key| Width { written, key };
        assert_eq!(BatchStyle::Values.binds(width(3, 2)), 6);
        assert_eq!(BatchStyle::Cases.binds(width(3, 2)), 12);
        assert_eq!(BatchStyle::Values.rows_of(width(3, 2)), 128);
        assert_eq!(BatchStyle::Cases.rows_of(width(3, 2)), 32);
        assert_eq!(BatchStyle::Values.rows_of(width(1000, 1)), 64);
        assert_eq!(BatchStyle::Cases.rows_of(width(1000, 2)), 16);
        assert_eq!(BatchStyle::Values.rows_of(width(70_000, 1)), 1);
    }
}
