//! The rows of one statement, as they stand in it.

use diesel::backend::Backend;
use diesel::result::QueryResult;

use crate::model::columns::{ColumnVisitor, Columns};
use crate::model::optimistic_lock::{OptimisticLock, SqlText};
use crate::statement::assign::{UpdateKind, WholeRow};
use crate::statement::changed::Changed;
use crate::statement::mark::Marking;
use crate::statement::row_key::RowKey;

/// Which columns of a row are written, beside its version. Rows go into one statement where that is the same.
pub trait Written<M: OptimisticLock>: Copy + PartialEq {
    /// Shows them.
    fn walk<'a, 'b, DB, V>(&'b self, row: &'b RowKey<'a, M>, visitor: &mut V) -> QueryResult<()>
    where
        'a: 'b,
        DB: Backend,
        M: Columns<DB>,
        V: ColumnVisitor<'b, DB>;

    /// How often the text of a statement with so many rows can differ.
    fn sql_text(self) -> SqlText;
}

impl<M: OptimisticLock> Written<M> for WholeRow {
    fn walk<'a, 'b, DB, V>(&'b self, row: &'b RowKey<'a, M>, visitor: &mut V) -> QueryResult<()>
    where
        'a: 'b,
        DB: Backend,
        M: Columns<DB>,
        V: ColumnVisitor<'b, DB>,
    {
        row.row.values(&row.prepared, visitor)
    }

    fn sql_text(self) -> SqlText {
        M::SQL_TEXT
    }
}

impl<M: OptimisticLock> Written<M> for &Changed {
    fn walk<'a, 'b, DB, V>(&'b self, row: &'b RowKey<'a, M>, visitor: &mut V) -> QueryResult<()>
    where
        'a: 'b,
        DB: Backend,
        M: Columns<DB>,
        V: ColumnVisitor<'b, DB>,
    {
        Changed::walk(self, row, visitor)
    }

    fn sql_text(self) -> SqlText {
        <Changed as UpdateKind<M>>::sql_text(self)
    }
}

/// The mark of rows that are deleted so.
impl<M: OptimisticLock> Written<M> for Marking<'_> {
    fn walk<'a, 'b, DB, V>(&'b self, _: &'b RowKey<'a, M>, visitor: &mut V) -> QueryResult<()>
    where
        'a: 'b,
        DB: Backend,
        M: Columns<DB>,
        V: ColumnVisitor<'b, DB>,
    {
        M::visit_mark(self.0, visitor)
    }

    fn sql_text(self) -> SqlText {
        SqlText::Fixed
    }
}

/// How many columns are written, the version among them, and how many are the key.
#[derive(Clone, Copy)]
pub(super) struct Width {
    pub(super) written: usize,
    pub(super) key: usize,
}

/// Some rows, with the version that each of them gets; none where they are deleted.
pub(super) struct Rows<'a, M: OptimisticLock, W> {
    pub(super) keys: Vec<RowKey<'a, M>>,
    pub(super) next: Option<Vec<&'a M::Version>>,
    pub(super) width: Width,
    pub(super) written: W,
}

impl<'a, M: OptimisticLock, W> Rows<'a, M, W> {
    /// The rows as they stand in the statement, each with its next version.
    pub(super) fn slots(&self) -> impl Iterator<Item = (&RowKey<'a, M>, Option<&M::Version>)> {
        (0..self.keys.len().next_power_of_two()).map(|slot| {
            let index = slot.min(self.keys.len() - 1);
            (&self.keys[index], self.next.as_ref().map(|next| next[index]))
        })
    }
}

/// Shows what is written to a row.
pub(super) fn walk_written<'a, 'b, DB, M, V>(
    row: &'b RowKey<'a, M>,
    written: &'b impl Written<M>,
    next: &'b M::Version,
    visitor: &mut V,
) -> QueryResult<()>
where
    'a: 'b,
    DB: Backend,
    M: Columns<DB>,
    V: ColumnVisitor<'b, DB>,
{
    written.walk(row, visitor)?;
    M::visit_version(next, visitor)
}
