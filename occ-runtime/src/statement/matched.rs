//! `SELECT "version" FROM "products" WHERE ..`: whether an UPDATE would match its row now.

use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::{Column as _, RunQueryDsl};

use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::assign::Assignments;
use crate::statement::dialect;
use crate::statement::row_key::FromClause;
use crate::statement::update::Update;

/// Reads a row if the update would match it. `LOCKED`, nobody can change that until the end of the transaction.
pub struct Matched<'a, M: OptimisticLock, A, const LOCKED: bool>(pub(crate) Update<'a, M, A>);

impl<M, A, DB, const LOCKED: bool> QueryFragment<DB> for Matched<'_, M, A, LOCKED>
where
    DB: dialect::Speaks + 'static,
    M: Columns<DB>,
    A: Assignments<M, DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        out.push_identifier(M::VersionColumn::NAME)?;
        out.push_sql(" FROM ");
        self.0.walk_matched(out.reborrow())?;
        if LOCKED {
            out.push_sql(dialect::for_update::<DB>().unwrap_or_default());
        }
        Ok(())
    }
}

impl<M: OptimisticLock, A, const LOCKED: bool> Query for Matched<'_, M, A, LOCKED> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

impl<M: OptimisticLock, A, Conn, const LOCKED: bool> RunQueryDsl<Conn> for Matched<'_, M, A, LOCKED> {}

impl<M: OptimisticLock, A, const LOCKED: bool> QueryId for Matched<'_, M, A, LOCKED> {
    type QueryId = ();
    // Rarely sent, so it is kept under its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}
