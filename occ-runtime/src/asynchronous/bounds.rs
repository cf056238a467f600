//! The same bounds for async connections.

use std::future::Future;

use diesel::expression::QueryMetadata;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::{SingleValue, SqlType};
use diesel_async::AsyncConnection;

use crate::conflict::tracked::Tracked;
use crate::conflict::tracked::unsettled::Settled;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::columns::Columns;
use crate::model::declared::{Model, ReadBack, Through, VersionSqlType};
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::each::{Each, Outcomes};
#[cfg(feature = "retry")]
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its body names")]
use crate::operation::modify::*;
use crate::operation::operations;
use crate::operation::rows::Batch;
use crate::statement::assign::Assignments;
use crate::statement::dialect::Speaks;
use crate::statement::guard::Guard;
use crate::statement::row_key::FromClause;
// What the bodies name.
#[allow(
    unused_imports,
    clippy::wildcard_imports,
    reason = "each of these files imports what its bodies name, and several import the same"
)]
use crate::operation::{
    batch::*, commit::*, delete::*, each::*, generated::*, lock::*, one_row::*, outcome::*, settle::*,
    tracked::*, tracked_batch::*, unversioned::*, write::*,
};

/// [`SavesTrackedOn`](crate::SavesTrackedOn) for async connections: the bound for generic code about [`Tracked`] values, of tables with
/// a version and without.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncSavesTrackedOn, Error, Trackable, Tracked};
///
/// async fn save<C, M>(model: &mut Tracked<M>, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncSavesTrackedOn<C> + Trackable,
/// {
///     model.save_optimistic(conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through `{C}`",
    label = "this cannot save a `{Self}`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is not a connection: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncSavesTrackedOn<{C}>`"
)]
pub trait AsyncSavesTrackedOn<C: AsyncConnection>: Columns<C::Backend> {
    #[doc(hidden)]
    fn write<A>(
        &mut self,
        operation: Operation,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn put<A>(
        &self,
        operation: Operation,
        expected: &Self::Version,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn put_generated<A>(
        &self,
        operation: Operation,
        expected: &Self::Version,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn put_and_look<A>(
        &self,
        operation: Operation,
        expected: &Self::Version,
        assignments: A,
        in_transaction: bool,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn made(
        &self,
        operation: Operation,
        expected: &Self::Version,
        rows: usize,
        guarded: bool,
        in_transaction: bool,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send;

    #[doc(hidden)]
    fn refusal(
        &self,
        operation: Operation,
        expected: &Self::Version,
        rows: usize,
        guarded: bool,
        conn: &mut C,
    ) -> impl Future<Output = Result<Error, Error>> + Send;

    #[doc(hidden)]
    fn refuse_unread(
        &self,
        operation: Operation,
        expected: Option<&Self::Version>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn send_in_savepoint<S>(
        &self,
        statement: S,
        conn: &mut C,
    ) -> impl Future<Output = Result<usize, Error>> + Send
    where
        S: QueryFragment<C::Backend> + QueryId + Send;

    #[doc(hidden)]
    fn write_changes(
        tracked: &mut Tracked<Self>,
        expected: Option<&Self::Version>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn put_changes(
        tracked: &mut Tracked<Self>,
        expected: Option<&Self::Version>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn settle(
        tracked: &Tracked<Self>,
        operation: Operation,
        conn: &mut C,
    ) -> impl Future<Output = Result<Settled, Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn is_as_stored(
        tracked: &Tracked<Self>,
        settled: Settled,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn commit<T, N>(
        made: Result<(T, Unanswered<'_, Self, N>), Error>,
        begun: u32,
        conn: &mut C,
    ) -> impl Future<Output = Result<(T, N), Error>> + Send
    where
        T: Send,
        N: IntoIterator<Item = Self::Version> + Default + Send;

    #[doc(hidden)]
    fn roll_back_together(
        written: QueryResult<usize>,
        sent: Unanswered<'_, Self, Vec<Self::Version>>,
        begun: u32,
        conn: &mut C,
    ) -> impl Future<Output = Result<Option<Vec<Self::Version>>, Error>> + Send;

    #[doc(hidden)]
    fn settle_write(&mut self, conn: &mut C) -> impl Future<Output = Result<Outcome, Error>> + Send;

    #[doc(hidden)]
    fn settle_tracked(
        tracked: &mut Tracked<Self>,
        conn: &mut C,
    ) -> impl Future<Output = Result<Outcome, Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn look_for_write(
        &self,
        conn: &mut C,
    ) -> impl Future<Output = Result<(Outcome, Option<Self::Version>), Error>> + Send;

    #[doc(hidden)]
    fn look_for_columns(
        tracked: &Tracked<Self>,
        conn: &mut C,
    ) -> impl Future<Output = Result<Outcome, Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn delete_tracked(
        tracked: &Tracked<Self>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn put_unversioned<A>(
        &self,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send + Sync;

    #[doc(hidden)]
    fn send_unversioned<A>(
        &self,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send + Sync;

    #[doc(hidden)]
    fn count_matched<A>(
        &self,
        assignments: &A,
        conn: &mut C,
    ) -> impl Future<Output = Result<usize, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send + Sync;

    #[doc(hidden)]
    fn write_all(rows: &mut [Self], conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn send_all(
        operation: Operation,
        rows: &[Self],
        conn: &mut C,
    ) -> impl Future<Output = Result<Vec<Self::Version>, Error>> + Send;

    #[doc(hidden)]
    fn send_together<W, F>(
        operation: Operation,
        rows: &[Self],
        written: F,
        conn: &mut C,
    ) -> impl Future<Output = Result<Option<Vec<Self::Version>>, Error>> + Send
    where
        W: Written<Self> + Send,
        F: Fn(usize) -> W + Send;

    #[doc(hidden)]
    fn send_each(
        operation: Operation,
        rows: &[Self],
        conn: &mut C,
    ) -> impl Future<Output = Result<Vec<Self::Version>, Error>> + Send;

    #[doc(hidden)]
    fn end_batch(
        rows: &[Self],
        batch: Batch<Self::Version>,
        begun: u32,
        conn: &mut C,
    ) -> impl Future<Output = Result<Vec<Self::Version>, Error>> + Send;

    #[doc(hidden)]
    fn write_each(
        rows: &mut [Self],
        conn: &mut C,
    ) -> impl Future<Output = Result<Vec<Result<(), Error>>, Error>> + Send;

    #[doc(hidden)]
    fn put_each(
        rows: &[Self],
        conn: &mut C,
    ) -> impl Future<Output = Result<Outcomes<Self::Version>, Error>> + Send;

    #[doc(hidden)]
    fn put_parts(
        rows: &[Self],
        each: &mut Each<Self::Version>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn save_all(values: &mut [Tracked<Self>], conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn delete_all(values: &[Tracked<Self>], conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn settle_all(
        operation: Operation,
        tracked: &[Tracked<Self>],
        conn: &mut C,
    ) -> impl Future<Output = Result<Pending<Self>, Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn send_pending(
        operation: Operation,
        pending: &mut Pending<Self>,
        tracked: &[Tracked<Self>],
        conn: &mut C,
    ) -> impl Future<Output = Result<Vec<Self::Version>, Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn send_one_of(
        operation: Operation,
        place: usize,
        pending: &Pending<Self>,
        tracked: &[Tracked<Self>],
        conn: &mut C,
    ) -> impl Future<Output = Result<Option<Self::Version>, Error>> + Send
    where
        Self: Trackable;

    #[doc(hidden)]
    fn delete<G>(
        &self,
        expected: Option<&Self::Version>,
        guard: G,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        G: Guard<C::Backend> + Send;

    #[doc(hidden)]
    fn send_delete<G>(
        &self,
        expected: &Self::Version,
        guard: G,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        G: Guard<C::Backend> + Send;

    #[doc(hidden)]
    fn verify(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[cfg(feature = "retry")]
    #[doc(hidden)]
    fn save_unasked(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncSavesTrackedOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: AsyncConnection<Backend: Speaks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static>,
    Model<C, M>: Columns<C::Backend> + Send + Sync,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend> + Send + Sync,
{
    operations!(asynchronous, async, await, Send);
}
