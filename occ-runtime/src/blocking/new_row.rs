//! What a model and a blocking connection must be able to do together for a row to be made.

use diesel::connection::{Connection, LoadConnection};
use diesel::expression::QueryMetadata;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::{SingleValue, SqlType};

use crate::blocking::saves::SavesOn;
use crate::model::columns::InsertColumns;
use crate::model::declared::{Model, ReadBack, Through, VersionSqlType};
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::insert_operations;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;
// What the bodies name.
#[allow(
    unused_imports,
    clippy::wildcard_imports,
    reason = "each of these files imports what its bodies name, and several import the same"
)]
use crate::operation::{insert::*, insert_all::*, upsert::*};

/// A model of which rows can be made through the connection `C`: the bound for generic code about
/// [`insert_optimistic`](crate::OptimisticInsertDsl::insert_optimistic) and
/// [`upsert_optimistic`](crate::OptimisticInsertDsl::upsert_optimistic). Every model that has it is [`SavesOn`] too.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, InsertsOn};
///
/// fn insert_then_save<C, M>(model: &mut M, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     M: InsertsOn<C>,
/// {
///     model.insert_optimistic(conn)?;
///     model.save_optimistic(conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be inserted through `{C}`",
    label = "no row can be made of a whole `{Self}` through this",
    note = "if `{Self}` embeds a struct (`#[diesel(embed)]`), or has a field that is `skip_update`: derive \
            `Insertable` for a struct of the new row's values, and call `{Self}::create_optimistic(values, conn)`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is none: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` (feature `async`)",
    note = "in a generic function the bound is `{Self}: InsertsOn<{C}>`"
)]
pub trait InsertsOn<C: Connection>: SavesOn<C> {
    #[doc(hidden)]
    fn insert(&mut self, conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn put_new(&self, operation: Operation, conn: &mut C) -> Result<Self::Version, Error>;

    #[doc(hidden)]
    fn put_new_and_look(&self, operation: Operation, conn: &mut C) -> Result<Self::Version, Error>;

    #[doc(hidden)]
    fn put_new_generated(&self, operation: Operation, conn: &mut C) -> Result<Self::Version, Error>;

    #[doc(hidden)]
    fn put_new_and_read(&self, operation: Operation, conn: &mut C) -> Result<Self::Version, Error>;

    #[doc(hidden)]
    fn taken(&self, operation: Operation, refused: Option<DieselError>, conn: &mut C) -> Error;

    #[doc(hidden)]
    fn taken_by(&self, exists: ExistsError, conn: &mut C) -> Error;

    #[doc(hidden)]
    fn upsert(&mut self, expect: Expect<Self::Version>, conn: &mut C) -> Result<Upserted, Error>;

    #[doc(hidden)]
    fn put_expecting(
        &self,
        expect: &Expect<Self::Version>,
        conn: &mut C,
    ) -> Result<(Upserted, Self::Version), Error>;

    #[doc(hidden)]
    fn put_any(&self, conn: &mut C) -> Result<(Upserted, Self::Version), Error>;

    #[doc(hidden)]
    fn put_locked(&self, conn: &mut C) -> Result<(Upserted, Self::Version), Error>;

    #[doc(hidden)]
    fn try_locked(&self, conn: &mut C) -> Result<(Upserted, Self::Version), Error>;

    #[doc(hidden)]
    fn put_over(
        &self,
        there: Result<Self::Version, DieselError>,
        conn: &mut C,
    ) -> Result<(Upserted, Self::Version), Error>;

    #[doc(hidden)]
    fn insert_all(rows: &mut [Self], conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn put_new_together(rows: &[Self], conn: &mut C) -> Result<Option<Vec<Self::Version>>, Error>;

    #[doc(hidden)]
    fn put_new_each(rows: &[Self], conn: &mut C) -> Result<Vec<Self::Version>, Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C> InsertsOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: Connection<Backend: Speaks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static> + LoadConnection,
    Model<C, M>: InsertColumns<C::Backend> + SavesOn<C>,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend>,
{
    insert_operations!(blocking);
}
