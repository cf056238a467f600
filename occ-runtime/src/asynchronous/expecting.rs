//! The same for async connections.

use diesel::query_builder::{AsChangeset, QueryFragment};
use diesel_async::AsyncConnection;

use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::report::AsyncReportsOn;
use crate::asynchronous::saves::AsyncSavesOn;
use crate::asynchronous::update::AsyncUpdatesOn;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::report::OnStale;
use crate::statement::assign::{Changes, Nothing, WholeRow};
use crate::statement::guard::Always;

/// [`ExpectingDsl`](crate::ExpectingDsl) for async connections: the methods have the same names, outcomes and statements.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncSavesOn, Error};
///
/// async fn delete_as_seen<C, M>(model: &M, seen: &M::Version, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncSavesOn<C>,
/// {
///     model.delete_optimistic_expecting(seen, conn).await
/// }
/// ```
pub trait AsyncExpectingDsl: OptimisticLock {
    /// As [`ExpectingDsl::save_optimistic_expecting`](crate::ExpectingDsl::save_optimistic_expecting).
    fn save_optimistic_expecting<'a, C>(
        &'a mut self,
        expected: &'a Self::Version,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
    {
        Box::pin(self.write(Operation::Save, Some(expected), WholeRow, conn))
    }

    /// As [`ExpectingDsl::update_optimistic_expecting`](crate::ExpectingDsl::update_optimistic_expecting).
    fn update_optimistic_expecting<'a, C, S>(
        &'a mut self,
        expected: &'a Self::Version,
        changes: S,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncUpdatesOn<C>,
        S: AsChangeset<Target = Self::Table, Changeset: QueryFragment<C::Backend> + Send + 'a>,
    {
        Box::pin(self.update(Some(expected), Changes(changes.as_changeset()), conn))
    }

    /// As [`ExpectingDsl::touch_optimistic_expecting`](crate::ExpectingDsl::touch_optimistic_expecting).
    fn touch_optimistic_expecting<'a, C>(
        &'a mut self,
        expected: &'a Self::Version,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
    {
        Box::pin(self.write(Operation::Touch, Some(expected), Nothing, conn))
    }

    /// As [`ExpectingDsl::delete_optimistic_expecting`](crate::ExpectingDsl::delete_optimistic_expecting).
    fn delete_optimistic_expecting<'a, C>(
        &'a self,
        expected: &'a Self::Version,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
    {
        Box::pin(self.delete(Some(expected), Always, conn))
    }

    /// As [`ExpectingDsl::overwrite_optimistic`](crate::ExpectingDsl::overwrite_optimistic).
    fn overwrite_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<Self, Error>>
    where
        C: AsyncConnection,
        Self: AsyncUpdatesOn<C>,
    {
        Box::pin(self.overwrite(conn))
    }

    /// As [`ExpectingDsl::save_optimistic_with`](crate::ExpectingDsl::save_optimistic_with).
    fn save_optimistic_with<'a, C>(
        &'a mut self,
        on_stale: OnStale<'a>,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncReportsOn<C>,
    {
        Box::pin(self.save_reporting(on_stale, conn))
    }

    /// As [`ExpectingDsl::delete_optimistic_with`](crate::ExpectingDsl::delete_optimistic_with).
    fn delete_optimistic_with<'a, C>(
        &'a self,
        on_stale: OnStale<'a>,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncReportsOn<C>,
    {
        Box::pin(self.delete_reporting(on_stale, conn))
    }
}

impl<M: OptimisticLock> AsyncExpectingDsl for M {}
