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

/// Values of a new row of `M`: whatever Diesel can insert into its table, one row of it, without the version.
///
/// A struct with `#[derive(Insertable)]` or a reference to one, `column.eq(value)`, or a tuple of them.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no new row of `{M}`",
    label = "not `Insertable` into the table of `{M}`, as one row",
    note = "derive `Insertable` with the same `#[diesel(table_name = ..)]`, or pass `column.eq(value)` or a tuple of them; leave the version out",
    note = "where fields have `serialize_as`, pass the value itself and no reference; many rows at once are a slice, by `insert_all_optimistic`"
)]
pub trait NewRow<M: OptimisticLock, DB: Backend> {
    type Values: QueryFragment<DB> + QueryId;

    fn values(self) -> Self::Values;
}

#[diagnostic::do_not_recommend]
impl<M, DB, V, I> NewRow<M, DB> for V
where
    DB: Backend,
    M: OptimisticLock<VersionColumn: Default>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + TypedExpressionType,
    // The version first: where the values name it as well, SQLite takes the first, and the others refuse.
    (Eq<M::VersionColumn, FirstVersion<M>>, V): Insertable<M::Table, Values = I>,
    I: QueryFragment<DB> + QueryId,
{
    type Values = I;

    fn values(self) -> I {
        Insertable::values((version::<M>(), self))
    }
}

/// What the version of a new row is set to.
fn version<M>() -> Eq<M::VersionColumn, FirstVersion<M>>
where
    M: OptimisticLock<VersionColumn: Default>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + TypedExpressionType,
{
    M::VersionColumn::default().eq(FirstVersion(M::Generator::initial()))
}

/// [`NewRow`] for async connections.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no new row of `{M}`",
    label = "not `Insertable` into the table of `{M}`, as one row",
    note = "derive `Insertable` with the same `#[diesel(table_name = ..)]`, or pass `column.eq(value)` or a tuple of them; leave the version out",
    note = "where fields have `serialize_as`, pass the value itself and no reference; many rows at once are a slice, by `insert_all_optimistic`"
)]
pub trait AsyncNewRow<M: OptimisticLock, DB: Backend> {
    type Values: QueryFragment<DB> + QueryId + Send;

    fn values(self) -> Self::Values;
}

#[diagnostic::do_not_recommend]
impl<M, DB, V, I> AsyncNewRow<M, DB> for V
where
    DB: Backend,
    M: OptimisticLock<VersionColumn: Default>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + TypedExpressionType,
    // The version first: where the values name it as well, SQLite takes the first, and the others refuse.
    (Eq<M::VersionColumn, FirstVersion<M>>, V): Insertable<M::Table, Values = I>,
    I: QueryFragment<DB> + QueryId + Send,
{
    type Values = I;

    fn values(self) -> I {
        Insertable::values((version::<M>(), self))
    }
}

/// A key by which a row of `M` is found: what Diesel's `find` takes.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no row of `{M}` is found by a key of type `{Self}`",
    label = "the key is what Diesel's `find` takes: a value, or a tuple"
)]
pub trait KeyOf<M: OptimisticLock, DB: Backend> {
    type Found: QueryFragment<DB> + QueryId;

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

/// [`KeyOf`] for async connections.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no row of `{M}` is found by a key of type `{Self}`",
    label = "the key is what Diesel's `find` takes: a value, or a tuple"
)]
pub trait AsyncKeyOf<M: OptimisticLock, DB: Backend> {
    type Found: QueryFragment<DB> + QueryId + Send + Sync;

    fn found(self) -> Self::Found;
}

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
