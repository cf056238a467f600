//! The same for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::saves::AsyncSavesOn;
use crate::error::Error;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::outcome::Outcome;

/// As [`SettleDsl`](crate::SettleDsl), for diesel-async's connections.
pub trait AsyncSettleDsl: OptimisticLock {
    /// As [`SettleDsl::settle`](crate::SettleDsl::settle).
    fn settle<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<Outcome, Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
    {
        Box::pin(self.settle_write(conn))
    }
}

impl<M: OptimisticLock> AsyncSettleDsl for M {}
