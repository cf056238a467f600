//! The same for async connections.

use std::future::Future;

use diesel::expression::QueryMetadata;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::{SingleValue, SqlType};
use diesel_async::AsyncConnection;

use crate::asynchronous::saves::AsyncSavesOn;
use crate::model::columns::InsertColumns;
use crate::model::declared::{Model, ReadBack, Through, VersionSqlType};
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::insert_operations;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;
// What the bodies name.
#[allow(
    unused_imports,
    clippy::wildcard_imports,
    reason = "each of these files imports what its bodies name, and several import the same"
)]
use crate::operation::{insert::*, insert_all::*, upsert::*};

/// [`InsertsOn`](crate::InsertsOn) for async connections: the bound for generic code about
/// [`insert_optimistic`](crate::AsyncOptimisticInsertDsl::insert_optimistic).
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncInsertsOn, Error};
///
/// async fn insert_then_save<C, M>(model: &mut M, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncInsertsOn<C>,
/// {
///     model.insert_optimistic(conn).await?;
///     model.save_optimistic(conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be inserted through `{C}`",
    label = "no row can be made of a whole `{Self}` through this",
    note = "if `{Self}` embeds a struct (`#[diesel(embed)]`), or has a field that is `skip_update`: derive \
            `Insertable` for a struct of the new row's values, and call `{Self}::create_optimistic(values, conn)`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is none: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncInsertsOn<{C}>`"
)]
pub trait AsyncInsertsOn<C: AsyncConnection>: AsyncSavesOn<C> {
    #[doc(hidden)]
    fn insert(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn put_new(
        &self,
        operation: Operation,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send;

    #[doc(hidden)]
    fn put_new_and_look(
        &self,
        operation: Operation,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send;

    #[doc(hidden)]
    fn put_new_generated(
        &self,
        operation: Operation,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send;

    #[doc(hidden)]
    fn put_new_and_read(
        &self,
        operation: Operation,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send;

    #[doc(hidden)]
    fn taken(
        &self,
        operation: Operation,
        refused: Option<DieselError>,
        conn: &mut C,
    ) -> impl Future<Output = Error> + Send;

    #[doc(hidden)]
    fn taken_by(&self, exists: ExistsError, conn: &mut C) -> impl Future<Output = Error> + Send;

    #[doc(hidden)]
    fn upsert(
        &mut self,
        expect: Expect<Self::Version>,
        conn: &mut C,
    ) -> impl Future<Output = Result<Upserted, Error>> + Send;

    #[doc(hidden)]
    fn put_expecting(
        &self,
        expect: &Expect<Self::Version>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(Upserted, Self::Version), Error>> + Send;

    #[doc(hidden)]
    fn put_any(&self, conn: &mut C) -> impl Future<Output = Result<(Upserted, Self::Version), Error>> + Send;

    #[doc(hidden)]
    fn put_locked(
        &self,
        conn: &mut C,
    ) -> impl Future<Output = Result<(Upserted, Self::Version), Error>> + Send;

    #[doc(hidden)]
    fn try_locked(
        &self,
        conn: &mut C,
    ) -> impl Future<Output = Result<(Upserted, Self::Version), Error>> + Send;

    #[doc(hidden)]
    fn put_over(
        &self,
        there: Result<Self::Version, DieselError>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(Upserted, Self::Version), Error>> + Send;

    #[doc(hidden)]
    fn insert_all(rows: &mut [Self], conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn put_new_together(
        rows: &[Self],
        conn: &mut C,
    ) -> impl Future<Output = Result<Option<Vec<Self::Version>>, Error>> + Send;

    #[doc(hidden)]
    fn put_new_each(
        rows: &[Self],
        conn: &mut C,
    ) -> impl Future<Output = Result<Vec<Self::Version>, Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncInsertsOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: AsyncConnection<Backend: Speaks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static>,
    Model<C, M>: InsertColumns<C::Backend> + AsyncSavesOn<C> + Send + Sync,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend> + Send + Sync,
{
    insert_operations!(asynchronous, async, await, Send);
}
