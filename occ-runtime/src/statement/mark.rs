//! `UPDATE "notes" SET "deleted" = ?, "version" = ? WHERE "id" = ? AND NOT "deleted" AND "version" = ?`: a deletion by a mark, and what
//! undoes it.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;

use crate::model::columns::Columns;
use crate::model::mark::{Deletion, Mark};
use crate::model::optimistic_lock::{OptimisticLock, SqlText};
use crate::model::soft_delete::Rows;
use crate::statement::assign::{Assignments, UpdateKind, WholeRow};
use crate::statement::clause::Equations;
use crate::statement::row_key::RowKey;

/// Sets the mark of a row that is not deleted; `RESTORES`: takes it from one that is.
pub struct SetMark<const RESTORES: bool>(pub(crate) Option<Mark>);

impl SetMark<false> {
    pub(crate) fn deleted<M: OptimisticLock>() -> Self {
        Self(M::made_mark(Deletion::Now))
    }
}

impl SetMark<true> {
    pub(crate) fn restored<M: OptimisticLock>() -> Self {
        Self(M::made_mark(Deletion::Undone))
    }
}

impl<M: OptimisticLock, const RESTORES: bool> UpdateKind<M> for SetMark<RESTORES> {
    type Id = Self;
    const IS_FIXED: bool = true;
    const ROWS: Rows = if RESTORES { Rows::Deleted } else { Rows::There };

    fn sql_text(&self) -> SqlText {
        SqlText::Fixed
    }
}

impl<M, DB, const RESTORES: bool> Assignments<M, DB> for SetMark<RESTORES>
where
    M: Columns<DB>,
    DB: Backend,
{
    // A row that is at its version, and that is not deleted, is no conflict: there is nothing to restore.
    const GUARDS: bool = RESTORES;

    fn assign<'a, 'b>(&'b self, _: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        match &self.0 {
            Some(mark) => M::visit_mark(mark, set),
            None => Ok(()),
        }
    }
}

/// The same for a row that is not in memory.
pub struct MarkOf<M>(Mark, PhantomData<fn() -> M>);

impl<M: OptimisticLock> MarkOf<M> {
    pub(crate) fn new(mark: Mark) -> Self {
        Self(mark, PhantomData)
    }
}

impl<M, DB> QueryFragment<DB> for MarkOf<M>
where
    M: Columns<DB>,
    DB: Backend,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        M::visit_mark(&self.0, &mut Equations::assignments(out))
    }
}

/// The mark of many rows.
#[derive(Clone, Copy)]
pub struct Marking<'m>(pub(crate) &'m Mark);

/// One batch has one mark.
impl PartialEq for Marking<'_> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The whole row, be it deleted by a mark or not.
pub struct WholeRowOfAny;

impl<M: OptimisticLock> UpdateKind<M> for WholeRowOfAny {
    type Id = Self;
    const IS_FIXED: bool = <WholeRow as UpdateKind<M>>::IS_FIXED;
    const ROWS: Rows = Rows::All;

    fn sql_text(&self) -> SqlText {
        M::SQL_TEXT
    }
}

impl<M, DB> Assignments<M, DB> for WholeRowOfAny
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
