//! An update of some columns: the value becomes the row that it makes.

use diesel::connection::Connection;

use crate::blocking::reload::ReloadsOn;
use crate::blocking::saves::SavesOn;
use crate::model::declared::Through;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::{overwrite, update};
// What the bodies name.
#[allow(unused_imports, clippy::wildcard_imports, reason = "these files import what their bodies name")]
use crate::operation::{overwrite::*, update::*};

/// A model that can be written through the connection `C` and read again: the bound for
/// [`OptimisticDsl::update_optimistic`](crate::OptimisticDsl::update_optimistic). Whatever is [`SavesOn`] and [`ReloadsOn`] is
/// this too.
///
/// ```
/// use diesel::prelude::*;
/// use diesel::query_builder::QueryFragment;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, bound::UpdatesOn};
///
/// fn set<C, M, S>(model: &mut M, changes: S, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     M: UpdatesOn<C>,
///     S: AsChangeset<Target = M::Table, Changeset: QueryFragment<C::Backend>>,
/// {
///     model.update_optimistic(changes, conn) // and now it is the row
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be updated through `{C}`",
    label = "its row cannot be written and then read as `{Self}`",
    note = "add `#[derive(Queryable, Selectable)]` to `{Self}`, since after the update the value is the row; its fields have to be owned, as \
            `String` and not `&str`",
    note = "without a value that could be read there is `{Self}::at(key, version).update(changes, conn)`",
    note = "if it has both: to see which field does not fit, put `#[diesel(check_for_backend(..))]` above `{Self}`, with the \
            backend's type",
    note = "if `{C}` is no connection: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` \
            (feature `async`)",
    note = "in a generic function the bound is `{Self}: UpdatesOn<{C}>`"
)]
pub trait UpdatesOn<C: Connection>: SavesOn<C> + ReloadsOn<C> {
    #[doc(hidden)]
    fn update<A>(
        &mut self,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> Result<(), Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn put_returning<A>(&self, assignments: A, conn: &mut C) -> Result<Self, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn put_and_read<A>(&self, assignments: A, conn: &mut C) -> Result<Self, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn overwrite(&mut self, conn: &mut C) -> Result<Self, Error>;

    #[doc(hidden)]
    fn overwrite_locked(&self, conn: &mut C) -> Result<(Self, Self::Version), Error>;

    #[doc(hidden)]
    fn overwrite_unlocked(&self, conn: &mut C) -> Result<(Self, Self::Version), Error>;

    #[doc(hidden)]
    fn read_and_put(&self, conn: &mut C) -> Result<(Self, Self::Version), Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C> UpdatesOn<C> for M
where
    M: OptimisticLock,
    C: Connection + Through<M, Model = M>,
    <C as Through<M>>::Model: SavesOn<C> + ReloadsOn<C>,
{
    update::operations!(blocking);
    update::read_back_operations!(blocking);
    overwrite::operations!(blocking);
}
