//! The statements for one row, and whether a row that they have not matched may be there all the same.

use diesel::backend::Backend;
use diesel::query_builder::{QueryFragment, QueryId};

use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::assign::Assignments;
use crate::statement::delete::Delete;
use crate::statement::guard::Guard;
use crate::statement::update::Update;

/// A statement for one row.
pub trait OneRow<DB: Backend>: QueryFragment<DB> + QueryId {
    /// Whether it asks for more than key and version.
    const GUARDS: bool;
}

impl<M, A, DB> OneRow<DB> for Update<'_, M, A>
where
    DB: Backend,
    M: OptimisticLock,
    A: Assignments<M, DB>,
    Self: QueryFragment<DB>,
{
    const GUARDS: bool = A::GUARDS;
}

impl<M, G, DB> OneRow<DB> for Delete<'_, M, G>
where
    DB: Backend,
    M: OptimisticLock,
    G: Guard<DB>,
    Self: QueryFragment<DB>,
{
    const GUARDS: bool = G::GUARDS;
}
