//! The same for async connections.

use std::future::Future;

use diesel::expression::QueryMetadata;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::{SingleValue, SqlType};
use diesel_async::AsyncConnection;

use crate::asynchronous::saves::AsyncSavesOn;
use crate::model::declared::{Model, ReadBack, Through, VersionSqlType};
use crate::model::optimistic_lock::OptimisticLock;
// What the bodies name.
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its bodies name")]
use crate::operation::report::{self, *};
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;

/// [`ReportsOn`](crate::bound::ReportsOn) for async connections.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{Error, OnStale, bound::AsyncReportsOn};
///
/// async fn save<C, M>(model: &mut M, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncReportsOn<C>,
/// {
///     model.save_optimistic_with(OnStale::Report(&|stale| eprintln!("{stale}")), conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through `{C}`",
    label = "cannot be saved by this; if its table has no version, save a `Tracked<{Self}>`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is not a connection: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncReportsOn<{C}>`"
)]
pub trait AsyncReportsOn<C: AsyncConnection>: AsyncSavesOn<C> {
    #[doc(hidden)]
    fn save_reporting(
        &mut self,
        on_stale: OnStale<'_>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn put_whatever_is_there(
        &self,
        conn: &mut C,
    ) -> impl Future<Output = Insisted<Self::Version, Self::Version>> + Send;

    #[doc(hidden)]
    fn delete_reporting(
        &self,
        on_stale: OnStale<'_>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn delete_whatever_is_there(
        &self,
        conn: &mut C,
    ) -> impl Future<Output = Insisted<(), Self::Version>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncReportsOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: AsyncConnection<Backend: Speaks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static>,
    Model<C, M>: AsyncSavesOn<C> + Send + Sync,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend> + Send + Sync,
{
    report::operations!(asynchronous, async, await, Send);
}
