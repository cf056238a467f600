//! The same bound for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::bounds::AsyncSavesTrackedOn;
use crate::model::declared::Through;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::versioned::Versioned;

/// A model that can be written, with its version checked, through the async connection `C`: the bound for generic
/// code.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncSavesOn, Error};
///
/// async fn save_both<C, A, B>(a: &mut A, b: &mut B, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     A: AsyncSavesOn<C>,
///     B: AsyncSavesOn<C>,
/// {
///     a.save_optimistic(conn).await?;
///     b.save_optimistic(conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through `{C}`",
    label = "cannot be saved by this; if its table has no version, save a `Tracked<{Self}>`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is not a connection: pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, \
            `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: AsyncSavesOn<{C}>`"
)]
pub trait AsyncSavesOn<C: AsyncConnection>: AsyncSavesTrackedOn<C> + Versioned {}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncSavesOn<C> for M
where
    M: OptimisticLock,
    C: AsyncConnection + Through<M, Model = M>,
    <C as Through<M>>::Model: AsyncSavesTrackedOn<C> + Versioned,
{
}
