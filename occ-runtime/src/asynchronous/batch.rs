//! The methods for many rows at once, for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::new_row::AsyncInsertsOn;
use crate::asynchronous::saves::AsyncSavesOn;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::optimistic_lock::OptimisticLock;

/// [`OptimisticBatchDsl`](crate::OptimisticBatchDsl) for async connections. See there.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncSavesOn, Error};
///
/// async fn save_then_delete<C, M>(models: &mut [M], conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncSavesOn<C>,
/// {
///     models.save_all_optimistic(conn).await?;
///     models.delete_all_optimistic(conn).await
/// }
/// ```
pub trait AsyncOptimisticBatchDsl<M: OptimisticLock> {
    /// As [`OptimisticBatchDsl::save_all_optimistic`](crate::OptimisticBatchDsl::save_all_optimistic).
    fn save_all_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        M: AsyncSavesOn<C>;

    /// As [`OptimisticBatchDsl::save_each_optimistic`](crate::OptimisticBatchDsl::save_each_optimistic).
    fn save_each_optimistic<'a, C>(
        &'a mut self,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Vec<Result<(), Error>>, Error>>
    where
        C: AsyncConnection,
        M: AsyncSavesOn<C>;

    /// As [`OptimisticBatchDsl::delete_all_optimistic`](crate::OptimisticBatchDsl::delete_all_optimistic).
    fn delete_all_optimistic<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        M: AsyncSavesOn<C>;

    /// As [`OptimisticBatchDsl::insert_all_optimistic`](crate::OptimisticBatchDsl::insert_all_optimistic).
    fn insert_all_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        M: AsyncInsertsOn<C>;
}

impl<M: OptimisticLock> AsyncOptimisticBatchDsl<M> for [M] {
    fn save_all_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        M: AsyncSavesOn<C>,
    {
        Box::pin(M::write_all(self, conn))
    }

    fn save_each_optimistic<'a, C>(
        &'a mut self,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Vec<Result<(), Error>>, Error>>
    where
        C: AsyncConnection,
        M: AsyncSavesOn<C>,
    {
        Box::pin(M::write_each(self, conn))
    }

    fn delete_all_optimistic<'a, C>(&'a self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        M: AsyncSavesOn<C>,
    {
        let deleted = M::send_all(Operation::Delete, self, conn);
        Box::pin(async move { deleted.await.map(drop) })
    }

    fn insert_all_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        M: AsyncInsertsOn<C>,
    {
        Box::pin(M::insert_all(self, conn))
    }
}
