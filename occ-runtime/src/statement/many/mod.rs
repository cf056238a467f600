//! Many rows in one statement, each matched by its key and its version.
//!
//! The rows are bound one value each, so that whatever can be saved alone can be saved so. The number of rows is a power of
//! two, the last row repeated as often as it takes, which matches nothing more: so there are few texts, and all of them
//! stay prepared.

use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;

use crate::model::columns::{ColumnValue, ColumnVisitor, Columns};
use crate::model::optimistic_lock::{OptimisticLock, SqlText};
use crate::statement::dialect;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::{FromClause, RowKey, from_clause};
use crate::version::generator::VersionGenerator as _;

mod cases;
mod values;

/// How a backend takes many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `UPDATE .. FROM (VALUES ..)`
    Values,
    /// `UPDATE .. SET .. = CASE .. END WHERE .. OR ..`
    Cases,
}

impl Form {
    /// How rows are written together. None: they are written one by one.
    pub(crate) fn to_write<DB: 'static, M: OptimisticLock>(rows: usize) -> Option<Self> {
        // Nothing reads the versions back, and columns that are left alone in one row and not in the other do not fit
        // into one statement.
        let fits = !M::Generator::BY_DATABASE && matches!(M::SQL_TEXT, SqlText::Fixed);
        if fits { Self::to_delete::<DB, M>(rows) } else { None }
    }

    /// How rows are deleted together. None: they are deleted one by one.
    pub(crate) fn to_delete<DB: 'static, M: OptimisticLock>(rows: usize) -> Option<Self> {
        // Of a key that meets two rows the sum must not hide that another row is stale.
        if rows > 1 && !M::UNIQUE_KEY { dialect::many::<DB>() } else { None }
    }

    /// More rows in a statement gain nothing: planning it grows with them, and looking through its cases with their square.
    const fn most_rows(self) -> usize {
        match self {
            Self::Values => 128,
            Self::Cases => 32,
        }
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

/// How many columns are written, the version among them, and how many are the key.
#[derive(Clone, Copy)]
struct Width {
    written: usize,
    key: usize,
}

/// The statements that write a slice, or delete it: as few as the limits allow.
pub struct Chunks<'a, M: OptimisticLock> {
    rows: &'a [M],
    /// The version each row gets; none to delete it.
    next: Option<&'a [M::Version]>,
    form: Form,
    width: Width,
    most: usize,
}

impl<'a, M: OptimisticLock> Chunks<'a, M> {
    /// Of at least one row.
    pub(crate) fn of<DB>(rows: &'a [M], next: Option<&'a [M::Version]>, form: Form) -> QueryResult<Self>
    where
        DB: Backend,
        M: Columns<DB>,
    {
        let first = RowKey::of(&rows[0]);
        let (mut written, mut key) = (Count(0), Count(0));
        if let Some([next, ..]) = next {
            walk_written(&first, next, &mut written)?;
        }
        first.row.key(&first.prepared, &mut key)?;
        let width = Width { written: written.0, key: key.0 };
        let most = (MOST_BINDS / form.binds(width)).clamp(1, form.most_rows());
        // Rounded down to a power of two.
        Ok(Self { rows, next, form, width, most: 1 << most.ilog2() })
    }
}

impl<'a, M: OptimisticLock> Iterator for Chunks<'a, M> {
    type Item = Many<'a, M>;

    fn next(&mut self) -> Option<Many<'a, M>> {
        if self.rows.is_empty() {
            return None;
        }
        let (chunk, rest) = self.rows.split_at(self.rows.len().min(self.most));
        self.rows = rest;
        let next = self.next.map(|next| {
            let (chunk, rest) = next.split_at(chunk.len());
            self.next = Some(rest);
            chunk
        });
        let rows = chunk.iter().map(RowKey::of).collect();
        Some(Many { table: from_clause::<M>(), rows, next, form: self.form, width: self.width })
    }
}

/// Writes some rows, or deletes them.
pub struct Many<'a, M: OptimisticLock> {
    table: FromClause<M>,
    rows: Vec<RowKey<'a, M>>,
    next: Option<&'a [M::Version]>,
    form: Form,
    width: Width,
}

impl<'a, M: OptimisticLock> Many<'a, M> {
    /// How many rows it must meet.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows as they stand in the statement, each with its next version.
    fn slots(&self) -> impl Iterator<Item = (&RowKey<'a, M>, Option<&M::Version>)> {
        (0..self.rows.len().next_power_of_two()).map(|slot| {
            let index = slot.min(self.rows.len() - 1);
            (&self.rows[index], self.next.map(|next| &next[index]))
        })
    }
}

impl<M, DB> QueryFragment<DB> for Many<'_, M>
where
    DB: Speaks,
    M: Columns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(if self.next.is_some() { "UPDATE " } else { "DELETE FROM " });
        self.table.walk_ast(out.reborrow())?;
        match self.form {
            Form::Values => values::walk(self, out),
            Form::Cases => cases::walk(self, out),
        }
    }
}

impl<M: OptimisticLock> QueryId for Many<'_, M> {
    type QueryId = ();
    // The number of rows is in the text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Shows what is written to a row.
fn walk_written<'a, 'b, DB, M, V>(
    row: &'b RowKey<'a, M>,
    next: &'b M::Version,
    visitor: &mut V,
) -> QueryResult<()>
where
    'a: 'b,
    DB: Backend,
    M: Columns<DB>,
    V: ColumnVisitor<'b, DB>,
{
    row.row.values(&row.prepared, visitor)?;
    M::visit_version(next, visitor)
}

/// Counts columns.
struct Count(usize);

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
