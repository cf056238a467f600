//! What a new row is made of, and the key by which it is found: what Diesel takes for them.

use diesel::backend::Backend;
use diesel::dsl::{Eq, SqlTypeOf};
use diesel::expression::TypedExpressionType;
use diesel::expression_methods::EqAll;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::{SingleValue, SqlType};
use diesel::{ExpressionMethods as _, Insertable, Table};

use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::create::FirstVersion;
use crate::statement::find::KeyEquals;
use crate::version::generator::VersionGenerator as _;

/// Values of a new row of `M`, the bound of [`create_optimistic`](crate::OptimisticInsertDsl::create_optimistic) in generic code: whatever Diesel can insert into its table, one row of it, without the version.
///
/// A struct with `#[derive(Insertable)]` or a reference to one, `column.eq(value)`, or a tuple of them.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::bound::{CreatesOn, NewRow};
/// use occ_runtime::Error;
///
/// fn create<C, M, V>(values: V, conn: &mut C) -> Result<M, Error>
/// where
///     C: Connection,
///     M: CreatesOn<C>,
///     V: NewRow<M, C::Backend>,
/// {
///     M::create_optimistic(values, conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no new row of `{M}`",
    label = "not `Insertable` into the table of `{M}`, as one row",
    note = "derive `Insertable` with the same `#[diesel(table_name = ..)]`, or pass `column.eq(value)` or a tuple of them; leave the version out",
    note = "where fields have `serialize_as`, pass the value itself and no reference; many rows at once are a slice, by `insert_all_optimistic`"
)]
pub trait NewRow<M: OptimisticLock, DB: Backend> {
    #[doc(hidden)]
    type Values: QueryFragment<DB> + QueryId;

    #[doc(hidden)]
    fn values(self, keeps_key: bool) -> Self::Values;
}

#[diagnostic::do_not_recommend]
impl<M, DB, V, I> NewRow<M, DB> for V
where
    DB: Backend,
    M: OptimisticLock<VersionColumn: Default>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + TypedExpressionType,
    (VersionIs<M>, V, VersionIs<M>): Insertable<M::Table, Values = I>,
    I: QueryFragment<DB> + QueryId,
{
    type Values = I;

    fn values(self, keeps_key: bool) -> I {
        Insertable::values((version::<M>(false, keeps_key), self, version::<M>(true, keeps_key)))
    }
}

type VersionIs<M> = Eq<<M as OptimisticLock>::VersionColumn, FirstVersion<M>>;

/// What the version of a new row is set to: first, since where the values name it as well SQLite takes the first, and the others refuse.
/// Behind them where MySQL is to remember the key that is among them.
fn version<M>(is_behind: bool, keeps_key: bool) -> VersionIs<M>
where
    M: OptimisticLock<VersionColumn: Default>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + TypedExpressionType,
{
    M::VersionColumn::default().eq(FirstVersion { version: M::Generator::initial(), is_behind, keeps_key })
}

#[cfg(feature = "async")]
/// [`NewRow`] for async connections.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::bound::{AsyncCreatesOn, AsyncNewRow};
/// use occ_runtime::Error;
///
/// async fn create<C, M, V>(values: V, conn: &mut C) -> Result<M, Error>
/// where
///     C: AsyncConnection,
///     M: AsyncCreatesOn<C>,
///     V: AsyncNewRow<M, C::Backend>,
/// {
///     M::create_optimistic(values, conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no new row of `{M}`",
    label = "not `Insertable` into the table of `{M}`, as one row",
    note = "derive `Insertable` with the same `#[diesel(table_name = ..)]`, or pass `column.eq(value)` or a tuple of them; leave the version out",
    note = "where fields have `serialize_as`, pass the value itself and no reference; many rows at once are a slice, by `insert_all_optimistic`"
)]
pub trait AsyncNewRow<M: OptimisticLock, DB: Backend> {
    #[doc(hidden)]
    type Values: QueryFragment<DB> + QueryId + Send + Sync;

    #[doc(hidden)]
    fn values(self, keeps_key: bool) -> Self::Values;
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<M, DB, V, I> AsyncNewRow<M, DB> for V
where
    DB: Backend,
    M: OptimisticLock<VersionColumn: Default>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + TypedExpressionType,
    (VersionIs<M>, V, VersionIs<M>): Insertable<M::Table, Values = I>,
    I: QueryFragment<DB> + QueryId + Send + Sync,
{
    type Values = I;

    fn values(self, keeps_key: bool) -> I {
        Insertable::values((version::<M>(false, keeps_key), self, version::<M>(true, keeps_key)))
    }
}

/// A key by which a row of `M` is found, the bound of [`create_if_absent`](crate::OptimisticInsertDsl::create_if_absent) in generic code: what Diesel's `find` takes.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::bound::{CreatesOn, KeyOf, NewRow};
/// use occ_runtime::{Created, Error};
///
/// fn create<C, M, V, K>(values: V, key: K, conn: &mut C) -> Result<Created<M>, Error>
/// where
///     C: Connection,
///     M: CreatesOn<C>,
///     V: NewRow<M, C::Backend>,
///     K: KeyOf<M, C::Backend>,
/// {
///     M::create_if_absent(values, key, conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no row of `{M}` is found by a key of type `{Self}`",
    label = "the key is what Diesel's `find` takes: a value, or a tuple"
)]
pub trait KeyOf<M: OptimisticLock, DB: Backend> {
    #[doc(hidden)]
    type Found: QueryFragment<DB> + QueryId;

    #[doc(hidden)]
    fn found(self) -> Self::Found;
}

#[diagnostic::do_not_recommend]
impl<M, DB, K, P> KeyOf<M, DB> for K
where
    DB: Backend,
    M: OptimisticLock<Table: Table<PrimaryKey: EqAll<K, Output = P>>>,
    P: QueryFragment<DB> + QueryId,
{
    type Found = KeyEquals<M, K>;

    fn found(self) -> Self::Found {
        M::table().primary_key().eq_all(self)
    }
}

#[cfg(feature = "async")]
/// [`KeyOf`] for async connections.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::bound::{AsyncCreatesOn, AsyncKeyOf, AsyncNewRow};
/// use occ_runtime::{Created, Error};
///
/// async fn create<C, M, V, K>(values: V, key: K, conn: &mut C) -> Result<Created<M>, Error>
/// where
///     C: AsyncConnection,
///     M: AsyncCreatesOn<C>,
///     V: AsyncNewRow<M, C::Backend>,
///     K: AsyncKeyOf<M, C::Backend>,
/// {
///     M::create_if_absent(values, key, conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no row of `{M}` is found by a key of type `{Self}`",
    label = "the key is what Diesel's `find` takes: a value, or a tuple"
)]
pub trait AsyncKeyOf<M: OptimisticLock, DB: Backend> {
    #[doc(hidden)]
    type Found: QueryFragment<DB> + QueryId + Send + Sync;

    #[doc(hidden)]
    fn found(self) -> Self::Found;
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<M, DB, K, P> AsyncKeyOf<M, DB> for K
where
    DB: Backend,
    M: OptimisticLock<Table: Table<PrimaryKey: EqAll<K, Output = P>>>,
    P: QueryFragment<DB> + QueryId + Send + Sync,
{
    type Found = KeyEquals<M, K>;

    fn found(self) -> Self::Found {
        M::table().primary_key().eq_all(self)
    }
}
