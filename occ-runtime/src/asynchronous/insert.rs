//! The methods that make rows, for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::create::AsyncCreatesOn;
use crate::asynchronous::new_row::AsyncInsertsOn;
use crate::error::Error;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::upserted::{Created, Upserted};
use crate::statement::new_row::{AsyncKeyOf, AsyncNewRow};
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

    /// As [`OptimisticInsertDsl::create_optimistic`](crate::OptimisticInsertDsl::create_optimistic).
    fn create_optimistic<'a, C, V>(values: V, conn: &'a mut C) -> BoxFuture<'a, Result<Self, Error>>
    where
        C: AsyncConnection,
        Self: AsyncCreatesOn<C> + 'a,
        V: AsyncNewRow<Self, C::Backend>,
        V::Values: 'a,
    {
        Box::pin(Self::create(values.values(false), conn))
    }

    /// As [`OptimisticInsertDsl::create_if_absent`](crate::OptimisticInsertDsl::create_if_absent).
    fn create_if_absent<'a, C, V, K>(
        values: V,
        key: K,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Created<Self>, Error>>
    where
        C: AsyncConnection,
        Self: AsyncCreatesOn<C> + 'a,
        V: AsyncNewRow<Self, C::Backend>,
        V::Values: 'a,
        K: AsyncKeyOf<Self, C::Backend>,
        K::Found: 'a,
    {
        Box::pin(Self::create_or_find(values.values(true), key.found(), conn))
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
