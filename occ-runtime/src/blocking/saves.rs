//! The bound of the methods that check a version: what is written is a row of a table that has one.

use diesel::connection::Connection;

use crate::blocking::bounds::SavesTrackedOn;
use crate::model::declared::Through;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::versioned::Versioned;

/// A model that can be written, with its version checked, through the connection `C`: the bound for generic code.
///
/// Every derived struct has it for every connection whose backend can bind the struct's fields.
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, SavesOn};
///
/// fn save_both<C, A, B>(a: &mut A, b: &mut B, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     A: SavesOn<C>,
///     B: SavesOn<C>,
/// {
///     a.save_optimistic(conn)?;
///     b.save_optimistic(conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through `{C}`",
    label = "cannot be saved by this; if its table has no version, save a `Tracked<{Self}>`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is not a connection: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` \
            (feature `async`)",
    note = "in a generic function the bound is `{Self}: SavesOn<{C}>`"
)]
pub trait SavesOn<C: Connection>: SavesTrackedOn<C> + Versioned {}

#[diagnostic::do_not_recommend]
impl<M, C> SavesOn<C> for M
where
    M: OptimisticLock,
    C: Connection + Through<M, Model = M>,
    <C as Through<M>>::Model: SavesTrackedOn<C> + Versioned,
{
}
