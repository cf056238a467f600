//! Some columns of a struct: those whose fields were changed.

use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::QueryFragment;
use diesel::result::QueryResult;

use crate::model::columns::{ColumnValue, ColumnVisitor, Columns};
use crate::model::fields::{Trackable, fields};
use crate::model::optimistic_lock::{OptimisticLock, SqlText};
use crate::statement::assign::{Assignments, UpdateKind};
use crate::statement::clause::Equations;
use crate::statement::row_key::RowKey;

/// What was changed.
#[derive(PartialEq)]
pub struct Changed {
    columns: Vec<&'static str>,
    /// Which of the embedded structs, counted from 0.
    embedded: Vec<usize>,
    /// Whether the key was changed too: then it is another row that is written, as a whole.
    whole: bool,
    sql_text: SqlText,
}

impl Changed {
    pub(crate) fn between<M: Trackable>(original: &M, value: &M) -> Self {
        let mut changed =
            Self { columns: Vec::new(), embedded: Vec::new(), whole: false, sql_text: SqlText::Many };
        let (mut named, mut embedded) = (0, 0);
        for field in fields::<M>() {
            let is_changed = field.is_changed(original, value);
            match field.column_name() {
                Some(_) if field.is_key() => changed.whole |= is_changed,
                Some(column) => {
                    named += 1;
                    if is_changed {
                        changed.columns.push(column);
                    }
                }
                // What a save never writes is not shown to its visitor either, and must not be counted.
                None if !field.is_written(value) => {}
                None => {
                    if is_changed {
                        changed.embedded.push(embedded);
                    }
                    embedded += 1;
                }
            }
        }
        // n fields are 2^n - 1 texts. There are only n of one changed column each, and those are what people do most.
        changed.sql_text = match changed.columns.len() {
            _ if changed.whole || !changed.embedded.is_empty() => SqlText::Many,
            0 | 1 => SqlText::Few,
            _ if embedded == 0 => SqlText::with_optional_columns(named),
            _ => SqlText::Many,
        };
        changed
    }

    /// The columns, if what was loaded of each of them can be compared.
    pub(crate) fn checked_columns<M: Trackable>(&self) -> Option<Vec<&'static str>> {
        let unchecked = |column: &&str| {
            fields::<M>().any(|field| field.column_name() == Some(*column) && !field.is_checked())
        };
        let all = self.whole || !self.embedded.is_empty() || self.columns.iter().any(unchecked);
        (!all).then(|| self.columns.clone())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty() && self.embedded.is_empty() && !self.whole
    }

    /// Shows the columns.
    pub(super) fn walk<'a, 'b, M, DB, V>(&self, key: &'b RowKey<'a, M>, visitor: &mut V) -> QueryResult<()>
    where
        'a: 'b,
        DB: Backend,
        M: Columns<DB>,
        V: ColumnVisitor<'b, DB>,
    {
        if self.whole {
            return key.row.values(&key.prepared, visitor);
        }
        key.row.values(&key.prepared, &mut Only { changed: self, embedded: 0, set: visitor })
    }
}

impl<M: OptimisticLock> UpdateKind<M> for Changed {
    type Id = Self;
    const IS_FIXED: bool = false;

    fn sql_text(&self) -> SqlText {
        self.sql_text
    }
}

impl<M, DB> Assignments<M, DB> for Changed
where
    M: Columns<DB>,
    DB: Backend,
{
    fn assign<'a, 'b>(&'b self, key: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        self.walk(key, set)
    }
}

/// Passes on the columns that were changed.
struct Only<'v, V> {
    changed: &'v Changed,
    /// How many embedded structs there were so far.
    embedded: usize,
    set: &'v mut V,
}

impl<'b, DB, V> ColumnVisitor<'b, DB> for Only<'_, V>
where
    DB: Backend,
    V: ColumnVisitor<'b, DB>,
{
    fn column<C, T, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
    {
        if self.changed.columns.contains(&C::NAME) { self.set.column::<C, T, K>(value) } else { Ok(()) }
    }

    fn embedded<S>(&mut self, changeset: &'b S) -> QueryResult<()>
    where
        S: QueryFragment<DB>,
    {
        let this = self.embedded;
        self.embedded += 1;
        if self.changed.embedded.contains(&this) { self.set.embedded(changeset) } else { Ok(()) }
    }
}
