//! The methods for many tracked values at once, for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::bounds::AsyncSavesTrackedOn;
use crate::asynchronous::boxed::BoxFuture;
use crate::conflict::tracked::Tracked;
use crate::error::Error;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;

/// [`TrackedBatchDsl`](crate::TrackedBatchDsl) for async connections. See there.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncSavesTrackedOn, Error, Trackable};
///
/// async fn save_then_delete<C, M>(models: &mut [Tracked<M>], conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncSavesTrackedOn<C> + Trackable,
/// {
///     models.save_all_optimistic(conn).await?;
///     models.delete_all_optimistic(conn).await
/// }
/// ```
pub trait AsyncTrackedBatchDsl<T: OptimisticLock> {
    /// As [`TrackedBatchDsl::save_all_optimistic`](crate::TrackedBatchDsl::save_all_optimistic).
    fn save_all_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable;

    /// As [`TrackedBatchDsl::delete_all_optimistic`](crate::TrackedBatchDsl::delete_all_optimistic).
    fn delete_all_optimistic<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable;
}

impl<T: OptimisticLock> AsyncTrackedBatchDsl<T> for [Tracked<T>] {
    fn save_all_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable,
    {
        Box::pin(T::save_all(self, conn))
    }

    fn delete_all_optimistic<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + Trackable,
    {
        Box::pin(T::delete_all(self, conn))
    }
}
