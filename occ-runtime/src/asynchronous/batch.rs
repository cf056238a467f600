#[cfg(feature = "async")]
use std::future::Future;

#[cfg(feature = "async")]
use diesel_async::AsyncConnection;

#[cfg(feature = "async")]
use crate::asynchronous::bounds::AsyncLocksOn;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::optimistic_lock::OptimisticLock;

/// [`OptimisticBatchDsl`](crate::OptimisticBatchDsl) for async connections. See there.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncLocksOn, Error};
///
/// async fn save_then_delete<C, M>(models: &mut [M], conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncLocksOn<C>,
/// {
///     models.save_all_optimistic(conn).await?;
///     models.delete_all_optimistic(conn).await
/// }
/// ```
#[cfg(feature = "async")]
pub trait AsyncOptimisticBatchDsl<M: OptimisticLock> {
    /// As [`OptimisticBatchDsl::save_all_optimistic`](crate::OptimisticBatchDsl::save_all_optimistic).
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        M: AsyncLocksOn<C>;

    /// As [`OptimisticBatchDsl::delete_all_optimistic`](crate::OptimisticBatchDsl::delete_all_optimistic).
    fn delete_all_optimistic<C>(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        M: AsyncLocksOn<C>;
}

#[cfg(feature = "async")]
impl<M: OptimisticLock> AsyncOptimisticBatchDsl<M> for [M] {
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        M: AsyncLocksOn<C>,
    {
        M::write_all(self, conn)
    }

    fn delete_all_optimistic<C>(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        M: AsyncLocksOn<C>,
    {
        let deleted = M::send_all(Operation::Delete, self, conn);
        async move { deleted.await.map(drop) }
    }
}
