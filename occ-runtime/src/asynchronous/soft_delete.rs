//! The same for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::saves::AsyncSavesOn;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::soft_delete::SoftDelete;
use crate::statement::mark::SetMark;

/// As [`SoftDeleteDsl`](crate::SoftDeleteDsl), for diesel-async's connections.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncSavesOn, Error};
///
/// async fn bring_back<C, M>(trash: &mut [M], conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncSavesOn<C> + SoftDelete,
/// {
///     for row in trash {
///         row.restore_optimistic(conn).await?;
///     }
///     Ok(())
/// }
/// ```
pub trait AsyncSoftDeleteDsl: SoftDelete {
    /// As [`SoftDeleteDsl::restore_optimistic`](crate::SoftDeleteDsl::restore_optimistic).
    fn restore_optimistic<'a, C>(&'a mut self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: AsyncSavesOn<C>,
    {
        Box::pin(self.write(Operation::Restore, None, SetMark::restored::<Self>(), conn))
    }
}

impl<M: SoftDelete> AsyncSoftDeleteDsl for M {}
