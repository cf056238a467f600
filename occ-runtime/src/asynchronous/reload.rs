//! The same for async connections.

use std::future::Future;

use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::SqlType;
use diesel_async::{AsyncConnection, AsyncConnectionCore};

use crate::asynchronous::send::{InFlight, all, depth, first};
use crate::conflict::tracked::unsettled::Within;
use crate::error::Error;
use crate::model::columns::Columns;
use crate::model::declared::{Declared, never};
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::soft_delete::Rows;
use crate::operation::read::Now;
use crate::operation::verdict;
use crate::statement::assign::Assignments;
use crate::statement::dialect;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;
use crate::statement::select::{CurrentRow, LockedRow};
use crate::statement::update::{ReturningRow, Update};

/// A model that can also be read again through the async connection `C`: the bound for
/// [`AsyncOptimisticDsl::reload`](crate::AsyncOptimisticDsl::reload).
///
/// ```
/// use diesel_async::{AsyncConnection, AsyncConnectionCore};
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncReloadsOn, Error};
///
/// async fn reload_both<C, M>(a: &mut M, b: &mut M, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncReloadsOn<C>,
/// {
///     a.reload(conn).await?;
///     b.reload(conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be reloaded through `{C}`",
    label = "its row cannot be selected as `{Self}`",
    note = "add `#[derive(Queryable, Selectable)]` to `{Self}`; its fields have to be owned, as `String` and not `&str`",
    note = "if it has both: to see which field cannot be read from its column, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if `{C}` is no connection: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncReloadsOn<{C}>`"
)]
pub trait AsyncReloadsOn<C: AsyncConnection>: OptimisticLock + Send + Sync {
    /// The row of a value as it is now.
    #[doc(hidden)]
    fn now(value: &Self, conn: &mut C) -> impl Future<Output = Result<Now<Self>, Error>> + Send {
        Self::now_of(value, Rows::There, conn)
    }

    #[doc(hidden)]
    fn now_of(
        value: &Self,
        rows: Rows,
        conn: &mut C,
    ) -> impl Future<Output = Result<Now<Self>, Error>> + Send;

    /// The same, with a lock on the row.
    #[doc(hidden)]
    fn now_locked(value: &Self, conn: &mut C) -> impl Future<Output = Result<Now<Self>, Error>> + Send;

    /// Whether there are such locks.
    #[doc(hidden)]
    fn locks_row() -> bool;

    /// Whether those rows are what triggers have made of them.
    #[doc(hidden)]
    fn returns_rows() -> bool;

    /// The rows that an update has written, as they are then.
    #[doc(hidden)]
    fn returned<A>(
        update: Update<'_, Self, A>,
        conn: &mut C,
    ) -> impl Future<Output = QueryResult<Vec<Self>>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncReloadsOn<C> for M
where
    M: OptimisticLock + Send + Sync,
    C: AsyncConnection + AsyncReads<M, M::Checks>,
{
    fn now_of(
        value: &Self,
        rows: Rows,
        conn: &mut C,
    ) -> impl Future<Output = Result<Now<Self>, Error>> + Send {
        conn.now(value, rows)
    }

    fn now_locked(value: &Self, conn: &mut C) -> impl Future<Output = Result<Now<Self>, Error>> + Send {
        conn.now_locked(value)
    }

    fn locks_row() -> bool {
        C::locks_row()
    }

    fn returns_rows() -> bool {
        C::returns_rows()
    }

    fn returned<A>(
        update: Update<'_, Self, A>,
        conn: &mut C,
    ) -> impl Future<Output = QueryResult<Vec<Self>>> + Send
    where
        A: Assignments<Self, C::Backend> + Send,
    {
        conn.returned(update)
    }
}

/// As [`Reads`](crate::blocking::reload::Reads).
#[doc(hidden)]
pub trait AsyncReads<M, Checks = Declared<false>> {
    fn now(&mut self, value: &M, rows: Rows) -> impl Future<Output = Result<Now<M>, Error>> + Send;

    fn now_locked(&mut self, value: &M) -> impl Future<Output = Result<Now<M>, Error>> + Send;

    fn locks_row() -> bool;

    fn returns_rows() -> bool;

    fn returned<A>(&mut self, update: Update<'_, M, A>) -> impl Future<Output = QueryResult<Vec<M>>> + Send
    where
        Self: AsyncConnection,
        M: OptimisticLock,
        A: Assignments<M, <Self as AsyncConnectionCore>::Backend> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C, E, ST> AsyncReads<M, Declared<false>> for C
where
    C: AsyncConnection<Backend: Speaks + QueryMetadata<AsSelect<M, C::Backend>> + 'static>,
    M: Columns<C::Backend> + Selectable<C::Backend, SelectExpression = E> + FromSqlRow<ST, C::Backend>,
    M: Send + Sync + 'static,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table> + QueryFragment<C::Backend> + QueryId + Send,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend> + Send,
{
    async fn now(&mut self, value: &M, rows: Rows) -> Result<Now<M>, Error> {
        let mut conn = InFlight::begin(self)?;
        let query = CurrentRow::<M, C::Backend>::of_rows(value, rows);
        let found = if M::UNIQUE_KEY {
            all(query, &mut *conn).await.and_then(verdict::only)
        } else {
            first(query, &mut *conn).await
        };
        conn.land_with(&found);
        let depth = depth(self)?;
        Now::new(value, found, Within::of(self, depth))
    }

    async fn now_locked(&mut self, value: &M) -> Result<Now<M>, Error> {
        let query = LockedRow::<M, C::Backend>::of(value);
        let found = all(query, self).await;
        let depth = depth(self)?;
        Now::new(value, found.and_then(verdict::only), Within::of(self, depth))
    }

    fn locks_row() -> bool {
        dialect::for_update::<C::Backend>().is_some()
    }

    fn returns_rows() -> bool {
        dialect::sees_triggers_when_returning::<C::Backend>()
    }

    async fn returned<A>(&mut self, update: Update<'_, M, A>) -> QueryResult<Vec<M>>
    where
        A: Assignments<M, C::Backend> + Send,
    {
        let query = ReturningRow::<_, M, C::Backend>::of(update);
        all(query, self).await
    }
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncReads<M, Declared<true>> for C
where
    M: OptimisticLock + Send + Sync,
    C: Send,
{
    async fn now(&mut self, _: &M, _: Rows) -> Result<Now<M>, Error> {
        never()
    }

    async fn now_locked(&mut self, _: &M) -> Result<Now<M>, Error> {
        never()
    }

    fn locks_row() -> bool {
        never()
    }

    fn returns_rows() -> bool {
        never()
    }

    fn returned<A>(&mut self, _: Update<'_, M, A>) -> impl Future<Output = QueryResult<Vec<M>>> + Send
    where
        Self: AsyncConnection,
        A: Assignments<M, <Self as AsyncConnectionCore>::Backend> + Send,
    {
        std::future::ready(never())
    }
}
