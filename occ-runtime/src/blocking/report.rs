//! Writes that are reported, and not refused, where the row is at another version.

use diesel::connection::{Connection, LoadConnection};
use diesel::expression::QueryMetadata;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::{SingleValue, SqlType};

use crate::blocking::saves::SavesOn;
use crate::model::declared::{Model, ReadBack, Through, VersionSqlType};
use crate::model::optimistic_lock::OptimisticLock;
// What the bodies name.
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its bodies name")]
use crate::operation::report::{self, *};
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;

/// A model whose stale writes can be reported in place of being refused: the bound for
/// [`ExpectingDsl::save_optimistic_with`](crate::ExpectingDsl::save_optimistic_with). Every model that is
/// [`SavesOn`](crate::SavesOn) is this too.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::bound::ReportsOn;
/// use occ_runtime::{Error, OnStale, prelude::*};
///
/// fn save<C, M>(model: &mut M, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     M: ReportsOn<C>,
/// {
///     model.save_optimistic_with(OnStale::Report(&|stale| eprintln!("{stale}")), conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through `{C}`",
    label = "cannot be saved by this; if its table has no version, save a `Tracked<{Self}>`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is not a connection: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` \
            (feature `async`)",
    note = "in a generic function the bound is `{Self}: ReportsOn<{C}>`"
)]
pub trait ReportsOn<C: Connection>: SavesOn<C> {
    #[doc(hidden)]
    fn save_reporting(&mut self, on_stale: OnStale<'_>, conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn put_whatever_is_there(&self, conn: &mut C) -> Insisted<Self::Version, Self::Version>;

    #[doc(hidden)]
    fn delete_reporting(&self, on_stale: OnStale<'_>, conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn delete_whatever_is_there(&self, conn: &mut C) -> Insisted<(), Self::Version>;
}

#[diagnostic::do_not_recommend]
impl<M, C> ReportsOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: Connection<Backend: Speaks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static> + LoadConnection,
    Model<C, M>: SavesOn<C>,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend>,
{
    report::operations!(blocking);
}
