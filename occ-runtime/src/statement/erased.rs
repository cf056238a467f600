//! A query of any struct as one and the same type.

use std::marker::PhantomData;

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// `Q` is a `dyn QueryFragment`, so what sends a query and loads its rows is compiled once for all structs. It is many
/// times as much code as the query's own. Without a type of its own a query has to be found in the cache by its text:
/// so this is for what is rarely sent.
pub struct Erased<Q: ?Sized, ST> {
    query: Box<Q>,
    sql_type: PhantomData<fn() -> ST>,
}

impl<Q: ?Sized, ST> Erased<Q, ST> {
    pub(crate) fn new(query: Box<Q>) -> Self {
        Self { query, sql_type: PhantomData }
    }
}

impl<Q, ST, DB> QueryFragment<DB> for Erased<Q, ST>
where
    Q: QueryFragment<DB> + ?Sized,
    DB: Backend,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out)
    }
}

impl<Q: ?Sized, ST> Query for Erased<Q, ST> {
    type SqlType = ST;
}

impl<Q: ?Sized, ST, Conn> RunQueryDsl<Conn> for Erased<Q, ST> {}

impl<Q: ?Sized, ST> QueryId for Erased<Q, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
