//! The methods that make rows, for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::new_row::AsyncInsertsOn;
use crate::error::Error;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::upserted::Upserted;
use crate::version::expect::Expect;

/// [`OptimisticInsertDsl`](crate::OptimisticInsertDsl) for async connections. See there.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncInsertsOn, Error, Upserted};
///
/// async fn replace<C, M>(model: &mut M, conn: &mut C) -> Result<Upserted, Error>
/// where
///     C: AsyncConnection,
///     M: AsyncInsertsOn<C>,
/// {
///     model.upsert_optimistic(Expect::Any, conn).await
/// }
/// ```
pub trait AsyncOptimisticInsertDsl: OptimisticLock {
    /// As [`OptimisticInsertDsl::insert_optimistic`](crate::OptimisticInsertDsl::insert_optimistic).
    fn insert_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncInsertsOn<C>,
    {
        Box::pin(self.insert(conn))
    }

    /// As [`OptimisticInsertDsl::upsert_optimistic`](crate::OptimisticInsertDsl::upsert_optimistic).
    fn upsert_optimistic<'a, C>(
        &'a mut self,
        expect: Expect<Self::Version>,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Upserted, Error>>
    where
        C: AsyncConnection,
        Self: AsyncInsertsOn<C>,
    {
        Box::pin(self.upsert(expect, conn))
    }
}

impl<M: OptimisticLock> AsyncOptimisticInsertDsl for M {}
