//! What an `UPDATE` sets: all columns of a struct, some, none, or a changeset of the caller's.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;

use crate::model::columns::ColumnVisitor;
use crate::model::columns::{Columns, HasUnversioned};
use crate::model::optimistic_lock::{OptimisticLock, SqlText};
use crate::model::soft_delete::Rows;
use crate::statement::clause::Equations;
use crate::statement::row_key::RowKey;

/// How an [`Update`](crate::statement::update::Update) is cached, which does not depend on the backend.
pub trait UpdateKind<M: OptimisticLock> {
    /// Distinguishes this kind from others of the same struct, in the statement cache.
    type Id: 'static;
    /// Whether its text is always the same, and then built only once.
    const IS_FIXED: bool;
    /// The rows that it is for, where they can be deleted by a mark.
    const ROWS: Rows = Rows::There;
    /// How often the text of such an update can differ.
    fn sql_text(&self) -> SqlText;
}

/// What an [`Update`](crate::statement::update::Update) sets besides the version.
pub trait Assignments<M: OptimisticLock, DB: Backend>: UpdateKind<M> {
    /// Adds the assignments to the `SET` clause.
    fn assign<'a, 'b>(&'b self, key: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b;

    /// Whether more than the version is asked for: see [`Guarded`](crate::statement::guard::Guarded).
    const GUARDS: bool = false;

    /// Goes on with the `WHERE` clause.
    fn walk_guard<'b>(&'b self, _: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Ok(())
    }
}

impl<M: OptimisticLock, A: UpdateKind<M>> UpdateKind<M> for &A {
    type Id = A::Id;
    const IS_FIXED: bool = A::IS_FIXED;
    const ROWS: Rows = A::ROWS;

    fn sql_text(&self) -> SqlText {
        (*self).sql_text()
    }
}

/// For an update that is sent more than once.
impl<M, DB, A> Assignments<M, DB> for &A
where
    M: OptimisticLock,
    DB: Backend,
    A: Assignments<M, DB>,
{
    const GUARDS: bool = A::GUARDS;

    fn assign<'a, 'b>(&'b self, key: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        (**self).assign(key, set)
    }

    fn walk_guard<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        (**self).walk_guard(out)
    }
}

/// Every column of the struct.
#[derive(Clone, Copy, PartialEq)]
pub struct WholeRow;

impl<M: OptimisticLock> UpdateKind<M> for WholeRow {
    type Id = Self;
    const IS_FIXED: bool = matches!(M::SQL_TEXT, SqlText::Fixed);

    fn sql_text(&self) -> SqlText {
        M::SQL_TEXT
    }
}

impl<M, DB> Assignments<M, DB> for WholeRow
where
    M: Columns<DB>,
    DB: Backend,
{
    fn assign<'a, 'b>(&'b self, key: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        key.row.values(&key.prepared, set)
    }
}

/// The columns that a save leaves alone.
pub struct UnversionedFields;

impl<M: OptimisticLock + HasUnversioned> UpdateKind<M> for UnversionedFields {
    type Id = Self;
    const IS_FIXED: bool = matches!(<M as HasUnversioned>::SQL_TEXT, SqlText::Fixed);

    fn sql_text(&self) -> SqlText {
        <M as HasUnversioned>::SQL_TEXT
    }
}

impl<M, DB> Assignments<M, DB> for UnversionedFields
where
    M: Columns<DB> + HasUnversioned,
    DB: Backend,
{
    fn assign<'a, 'b>(&'b self, key: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        key.row.unversioned(&key.prepared, set)
    }
}

/// Nothing besides the version.
pub struct Nothing;

impl<M: OptimisticLock> UpdateKind<M> for Nothing {
    type Id = Self;
    const IS_FIXED: bool = true;

    fn sql_text(&self) -> SqlText {
        SqlText::Fixed
    }
}

impl<M: OptimisticLock, DB: Backend> Assignments<M, DB> for Nothing {
    fn assign<'a, 'b>(&'b self, _: &'b RowKey<'a, M>, _: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        Ok(())
    }
}

/// A changeset of the caller's.
pub struct Changes<C>(pub(crate) C);

impl<M: OptimisticLock, C> UpdateKind<M> for Changes<C> {
    type Id = ();
    const IS_FIXED: bool = false;

    /// Any expression can be in there, so any number of texts: Diesel's own rule for an UPDATE.
    fn sql_text(&self) -> SqlText {
        SqlText::Many
    }
}

impl<M, DB, C> Assignments<M, DB> for Changes<C>
where
    M: OptimisticLock,
    DB: Backend,
    C: QueryFragment<DB>,
{
    fn assign<'a, 'b>(&'b self, _: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        ColumnVisitor::embedded(set, &self.0)
    }
}
