//! The same for async connections.

use std::future::Future;

use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::{Integer, SqlType};
use diesel_async::AsyncConnection;

use crate::model::columns::Columns;
use crate::model::declared::{Declared, never};
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::create_operations;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;
// What the bodies name.
#[allow(
    unused_imports,
    clippy::wildcard_imports,
    reason = "each of these files imports what its bodies name, and several import the same"
)]
use crate::operation::create::*;

/// A model of which rows can be made of any values through the async connection `C`, and read: the bound for
/// [`create_optimistic`](crate::AsyncOptimisticInsertDsl::create_optimistic) in generic code.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::bound::{AsyncCreatesOn, AsyncNewRow};
/// use occ_runtime::Error;
///
/// async fn create<C, M, V>(values: V, conn: &mut C) -> Result<M, Error>
/// where
///     C: AsyncConnection,
///     M: AsyncCreatesOn<C>,
///     V: AsyncNewRow<M, C::Backend>,
/// {
///     M::create_optimistic(values, conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no row of `{Self}` can be created through `{C}`",
    label = "the new row cannot be read as `{Self}`",
    note = "add `#[derive(Queryable, Selectable)]` to `{Self}`; its fields have to be owned, as `String` and not `&str`",
    note = "if `{C}` is no connection: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bounds are `{Self}: AsyncCreatesOn<{C}>`, and of the values `bound::AsyncNewRow<{Self}, C::Backend>`"
)]
pub trait AsyncCreatesOn<C: AsyncConnection>: OptimisticLock + Send {
    #[doc(hidden)]
    fn create<I>(values: I, conn: &mut C) -> impl Future<Output = Result<Self, Error>> + Send
    where
        I: QueryFragment<C::Backend> + QueryId + Send;

    #[doc(hidden)]
    fn create_or_find<I, P>(
        values: I,
        key: P,
        conn: &mut C,
    ) -> impl Future<Output = Result<Created<Self>, Error>> + Send
    where
        I: QueryFragment<C::Backend> + QueryId + Send + Sync,
        P: QueryFragment<C::Backend> + QueryId + Send + Sync;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncCreatesOn<C> for M
where
    M: OptimisticLock + Send,
    C: AsyncCreates<M, M::Checks>,
{
    fn create<I>(values: I, conn: &mut C) -> impl Future<Output = Result<Self, Error>> + Send
    where
        I: QueryFragment<C::Backend> + QueryId + Send,
    {
        conn.create(values)
    }

    fn create_or_find<I, P>(
        values: I,
        key: P,
        conn: &mut C,
    ) -> impl Future<Output = Result<Created<Self>, Error>> + Send
    where
        I: QueryFragment<C::Backend> + QueryId + Send + Sync,
        P: QueryFragment<C::Backend> + QueryId + Send + Sync,
    {
        conn.create_if_absent(values, key)
    }
}

// The name that the bodies have for it.
pub(crate) use AsyncCreates as Creates;

/// [`AsyncCreatesOn`] seen from the connection: so that a model that cannot be read is one error, once the connection is known.
#[doc(hidden)]
pub trait AsyncCreates<M, Checks = Declared<false>>: AsyncConnection {
    #[doc(hidden)]
    fn create<I>(&mut self, values: I) -> impl Future<Output = Result<M, Error>> + Send
    where
        I: QueryFragment<Self::Backend> + QueryId + Send;

    #[doc(hidden)]
    fn make<I>(&mut self, values: I) -> impl Future<Output = Result<Option<M>, Error>> + Send
    where
        I: QueryFragment<Self::Backend> + QueryId + Send;

    #[doc(hidden)]
    fn make_of_key<I, P>(
        &mut self,
        values: I,
        key: &P,
    ) -> impl Future<Output = Result<Option<M>, Error>> + Send
    where
        I: QueryFragment<Self::Backend> + QueryId + Send,
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync;

    #[doc(hidden)]
    fn make_then_read<I>(&mut self, values: I) -> impl Future<Output = Result<M, Error>> + Send
    where
        I: QueryFragment<Self::Backend> + QueryId + Send;

    #[doc(hidden)]
    fn make_and_read<I>(
        &mut self,
        key: &'static str,
        values: I,
    ) -> impl Future<Output = Result<M, Error>> + Send
    where
        I: QueryFragment<Self::Backend> + QueryId + Send;

    #[doc(hidden)]
    fn create_if_absent<I, P>(
        &mut self,
        values: I,
        key: P,
    ) -> impl Future<Output = Result<Created<M>, Error>> + Send
    where
        I: QueryFragment<Self::Backend> + QueryId + Send + Sync,
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync;

    #[doc(hidden)]
    fn make_or_find<I, P>(
        &mut self,
        values: I,
        key: &P,
    ) -> impl Future<Output = Result<Created<M>, Error>> + Send
    where
        I: QueryFragment<Self::Backend> + QueryId + Send + Sync,
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync;

    #[doc(hidden)]
    fn insert_or_find<I, P>(
        &mut self,
        values: I,
        key: &P,
    ) -> impl Future<Output = Result<Created<M>, Error>> + Send
    where
        I: QueryFragment<Self::Backend> + QueryId + Send,
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync;

    #[doc(hidden)]
    fn find_taken<P>(
        &mut self,
        key: &P,
        refused: Option<DieselError>,
    ) -> impl Future<Output = Result<Created<M>, Error>> + Send
    where
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync;
}

#[diagnostic::do_not_recommend]
impl<M, C, E, ST> AsyncCreates<M, Declared<false>> for C
where
    C: AsyncConnection<
        Backend: Speaks + QueryMetadata<AsSelect<M, C::Backend>> + QueryMetadata<Integer> + 'static,
    >,
    M: Columns<C::Backend> + Selectable<C::Backend, SelectExpression = E> + FromSqlRow<ST, C::Backend>,
    M: Send + Sync + 'static,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table> + QueryFragment<C::Backend> + QueryId + Send,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend> + Send,
    i32: FromSqlRow<Integer, C::Backend>,
{
    create_operations!(asynchronous, async, await, Send);
}

#[diagnostic::do_not_recommend]
impl<M: OptimisticLock + Send, C: AsyncConnection> AsyncCreates<M, Declared<true>> for C {
    async fn create<I>(&mut self, _: I) -> Result<M, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId + Send,
    {
        never()
    }

    async fn make<I>(&mut self, _: I) -> Result<Option<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId + Send,
    {
        never()
    }

    async fn make_of_key<I, P>(&mut self, _: I, _: &P) -> Result<Option<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId + Send,
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync,
    {
        never()
    }

    async fn make_then_read<I>(&mut self, _: I) -> Result<M, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId + Send,
    {
        never()
    }

    async fn make_and_read<I>(&mut self, _: &'static str, _: I) -> Result<M, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId + Send,
    {
        never()
    }

    async fn create_if_absent<I, P>(&mut self, _: I, _: P) -> Result<Created<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId + Send + Sync,
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync,
    {
        never()
    }

    async fn make_or_find<I, P>(&mut self, _: I, _: &P) -> Result<Created<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId + Send + Sync,
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync,
    {
        never()
    }

    async fn insert_or_find<I, P>(&mut self, _: I, _: &P) -> Result<Created<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId + Send,
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync,
    {
        never()
    }

    async fn find_taken<P>(&mut self, _: &P, _: Option<DieselError>) -> Result<Created<M>, Error>
    where
        P: QueryFragment<Self::Backend> + QueryId + Send + Sync,
    {
        never()
    }
}
