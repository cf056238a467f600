//! Saves that merge, for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::bounds::AsyncSavesTrackedOn;
use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::reload::AsyncReloadsOn;
use crate::asynchronous::retry::AsyncRetryDsl as _;
use crate::conflict::merge::{Choice, undecided};
use crate::conflict::saved::Saved;
use crate::conflict::tracked::Tracked;
use crate::error::Error;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
use crate::retry::policy::RetryPolicy;

/// [`MergingDsl`](crate::MergingDsl) for diesel-async's connections: the same names, outcomes and statements.
pub trait AsyncMergingDsl<T: OptimisticLock> {
    /// As [`MergingDsl::save_merging`](crate::MergingDsl::save_merging).
    fn save_merging<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<Saved, Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + AsyncReloadsOn<C> + Trackable;

    /// As [`MergingDsl::save_merging_with`](crate::MergingDsl::save_merging_with).
    fn save_merging_with<'a, C, F>(
        &'a mut self,
        choose: F,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Saved, Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + AsyncReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T> + Send + 'a;
}

impl<T: OptimisticLock> AsyncMergingDsl<T> for Tracked<T> {
    fn save_merging<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<Saved, Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + AsyncReloadsOn<C> + Trackable,
    {
        self.save_merging_with(undecided, conn)
    }

    fn save_merging_with<'a, C, F>(
        &'a mut self,
        choose: F,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Saved, Error>>
    where
        C: AsyncConnection,
        T: AsyncSavesTrackedOn<C> + AsyncReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T> + Send + 'a,
    {
        Box::pin(async move { RetryPolicy::default().save_merging_with(self, choose, conn).await })
    }
}
