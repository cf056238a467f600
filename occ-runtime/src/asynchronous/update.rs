//! The same for async connections.

use std::future::Future;

use diesel_async::AsyncConnection;

use crate::asynchronous::reload::AsyncReloadsOn;
use crate::asynchronous::saves::AsyncSavesOn;
use crate::model::declared::Through;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::{overwrite, update};
// What the bodies name.
#[allow(unused_imports, clippy::wildcard_imports, reason = "these files import what their bodies name")]
use crate::operation::{overwrite::*, update::*};

/// A model that can be written through the async connection `C` and read again: the bound for
/// [`AsyncOptimisticDsl::update_optimistic`](crate::AsyncOptimisticDsl::update_optimistic). Whatever is [`AsyncSavesOn`] and [`AsyncReloadsOn`] is
/// this too.
///
/// ```
/// use diesel::prelude::*;
/// use diesel::query_builder::QueryFragment;
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{Error, bound::AsyncUpdatesOn};
///
/// async fn set<C, M, S>(model: &mut M, changes: S, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncUpdatesOn<C>,
///     S: AsChangeset<Target = M::Table, Changeset: QueryFragment<C::Backend> + Send>,
/// {
///     model.update_optimistic(changes, conn).await // and now it is the row
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be updated through `{C}`",
    label = "its row cannot be written and then read as `{Self}`",
    note = "add `#[derive(Queryable, Selectable)]` to `{Self}`, since after the update the value is the row; its fields have to be owned, as \
            `String` and not `&str`",
    note = "without a value that could be read there is `{Self}::at(key, version).update(changes, conn)`",
    note = "if it has both: to see which field does not fit, put `#[diesel(check_for_backend(..))]` above `{Self}`, with the \
            backend's type",
    note = "if `{C}` is no connection: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncUpdatesOn<{C}>`"
)]
pub trait AsyncUpdatesOn<C: AsyncConnection>: AsyncSavesOn<C> + AsyncReloadsOn<C> {
    #[doc(hidden)]
    fn update<A>(
        &mut self,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn put_returning<A>(
        &self,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn put_and_read<A>(
        &self,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn overwrite(&mut self, conn: &mut C) -> impl Future<Output = Result<Self, Error>> + Send;

    #[doc(hidden)]
    fn overwrite_locked(
        &self,
        conn: &mut C,
    ) -> impl Future<Output = Result<(Self, Self::Version), Error>> + Send;

    #[doc(hidden)]
    fn overwrite_unlocked(
        &self,
        conn: &mut C,
    ) -> impl Future<Output = Result<(Self, Self::Version), Error>> + Send;

    #[doc(hidden)]
    fn read_and_put(&self, conn: &mut C)
    -> impl Future<Output = Result<(Self, Self::Version), Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncUpdatesOn<C> for M
where
    M: OptimisticLock,
    C: AsyncConnection + Through<M, Model = M>,
    <C as Through<M>>::Model: AsyncSavesOn<C> + AsyncReloadsOn<C>,
{
    update::operations!(asynchronous, async, await, Send);
    update::read_back_operations!(asynchronous, async, await, Send);
    overwrite::operations!(asynchronous, async, await, Send);
}
