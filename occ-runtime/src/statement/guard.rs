//! A condition of the caller's, beside the version: `.. AND "version" = ? AND ("orders"."status" = ?)`

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, NonAggregate};
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::BoolOrNullableBool;

use crate::model::optimistic_lock::{OptimisticLock, SqlText};
use crate::model::soft_delete::Rows;
use crate::statement::assign::{Assignments, UpdateKind};
use crate::statement::clause::Equations;
use crate::statement::row_key::RowKey;

/// Whether the statement has a condition besides key and version; does not depend on the backend.
pub trait GuardKind {
    /// Distinguishes a statement with this guard from the same with another, in the statement cache.
    type Id: 'static;
    /// Whether there is a condition.
    const GUARDS: bool;
    /// Whether its text is always the same.
    const IS_FIXED: bool;
}

/// What else must hold for a row to be written.
pub trait Guard<DB: Backend>: GuardKind {
    /// Goes on with a `WHERE` clause.
    fn walk_guard<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

/// Nothing else.
pub struct Always;

impl GuardKind for Always {
    type Id = Self;
    const GUARDS: bool = false;
    const IS_FIXED: bool = true;
}

impl<DB: Backend> Guard<DB> for Always {
    fn walk_guard<'b>(&'b self, _: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Ok(())
    }
}

/// A condition on the rows of a table.
#[diagnostic::on_unimplemented(
    message = "this is no condition on a row of `{Tab}`",
    label = "not a condition on `{Tab}`",
    note = "a guard compares columns of the table that is saved, such as `orders::status.eq(\"open\")`"
)]
pub trait Predicate<Tab>: AppearsOnTable<Tab> + NonAggregate {}

#[diagnostic::do_not_recommend]
impl<P, Tab> Predicate<Tab> for P where P: AppearsOnTable<Tab, SqlType: BoolOrNullableBool> + NonAggregate {}

/// A predicate of Diesel's.
pub struct If<P>(pub(crate) P);

impl<P> GuardKind for If<P> {
    type Id = If<()>;
    const GUARDS: bool = true;
    const IS_FIXED: bool = false;
}

impl<P, DB> Guard<DB> for If<P>
where
    P: QueryFragment<DB>,
    DB: Backend,
{
    fn walk_guard<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(" AND (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

/// Assignments that are made only if the guard lets them.
pub struct Guarded<A, G> {
    pub(crate) assignments: A,
    pub(crate) guard: G,
}

impl<M, A, G> UpdateKind<M> for Guarded<A, G>
where
    M: OptimisticLock,
    A: UpdateKind<M>,
    G: GuardKind,
{
    type Id = (A::Id, G::Id);
    const IS_FIXED: bool = A::IS_FIXED && G::IS_FIXED;
    const ROWS: Rows = A::ROWS;

    /// A predicate is kept under its text, as Diesel does in a SELECT.
    fn sql_text(&self) -> SqlText {
        match self.assignments.sql_text() {
            SqlText::Many => SqlText::Many,
            SqlText::Fixed | SqlText::Few => SqlText::Few,
        }
    }
}

impl<M, DB, A, G> Assignments<M, DB> for Guarded<A, G>
where
    M: OptimisticLock,
    DB: Backend,
    A: Assignments<M, DB>,
    G: Guard<DB>,
{
    const GUARDS: bool = G::GUARDS;

    fn assign<'a, 'b>(&'b self, key: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        self.assignments.assign(key, set)
    }

    fn walk_guard<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.guard.walk_guard(out)
    }
}
