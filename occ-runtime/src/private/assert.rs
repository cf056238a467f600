//! What the derive asserts about a struct where it is declared, in words of its own.
//!
//! The derive names a type of this module for a field's type and its column. It exists only if the rule holds, so
//! the compiler underlines the field's type. Each trait has one blanket impl, kept out of the message, which then
//! says what is wrong and not which of Diesel's bounds failed.

use diesel::Column;
use diesel::backend::Backend;
use diesel::dsl::SqlTypeOf;
use diesel::expression::{AsExpression, TypedExpressionType};
use diesel::query_builder::AsChangeset;
use diesel::sql_types::{SqlType, is_nullable};

use crate::model::exact::ExactEquality;
use crate::model::soft_delete::DeletionMark;
use crate::private::stub;
use crate::version::generator::{DefaultGenerator, VersionGenerator};

// What messages name is seen here first: this is the path that they show.
pub use crate::model::check::{ByAll, ByDirty};
pub use crate::model::columns::ColumnValue;
pub use crate::model::columns::{Columns, HasUnversioned};
pub use crate::model::fields::FieldValue;
pub use crate::model::merge_add::Adds;
pub use crate::model::merge_order::Ordered;
pub use crate::model::merge_text::Texts;
pub use crate::model::merge_union::Unites;
pub use crate::private::convert::{Embedded as EmbeddedIn, EmbeddedOn, SerializeAs};
#[cfg(not(feature = "async"))]
pub use crate::private::missing::AsyncIsEnabled;
#[cfg(not(feature = "retry"))]
pub use crate::private::missing::RetryIsEnabled;

pub use crate::model::declared::Declared;

/// `T` can be written to the column.
pub type Field<T, C> = <T as Fits<C, SqlTypeOf<C>>>::Checked;

/// The same of a version that has a default generator.
pub type Counter<T, C, How> = Field<<T as Counts<How>>::Version, C>;

/// `T` can be bound where the column is written, on this backend; and the same of what is embedded.
pub type OnBackend<T, C, DB, Fits> = <T as BoundOn<C, DB, Fits>>::Checked;
pub type EmbeddedOnBackend<T, Tab, DB, Fits> = <T as WrittenOn<Tab, DB, Fits>>::Checked;

/// What is embedded as `T` is written to the table.
pub type Embedded<T, Tab> = <T as Embeds<Tab>>::Checked;

/// `T` is an `Option`, and its `None` can be written to the column as NULL.
pub type NoneAsNull<T, C> = <T as FitsNull<C>>::Checked;

/// The column of the version `T` always holds one.
pub type Version<T, C> = <T as FitsNotNull<C>>::Checked;

/// `T` can say that a row is deleted.
pub type Mark<T, How> = <T as Marks<How>>::Checked;

/// The column of the `bool` that says so always holds one.
pub type Flag<T, C> = <T as FitsFlag<C>>::Checked;

/// The column of the `Option` that says so can hold none.
pub type Since<T, C> = <T as FitsSince<C>>::Checked;

/// The SQL type of the column, whose values can be compared exactly.
pub type Exact<T, C> = <T as Compares<C>>::SqlType;

#[diagnostic::on_unimplemented(
    message = "the column `{C}` cannot be compared exactly with what was loaded",
    label = "its SQL type has no exact equality",
    note = "leave the field out of the check, if nothing is lost by that: `#[occ(unchecked)]` above it",
    note = "types that only one database has need its feature, `postgres` or `mysql`",
    note = "for a SQL type of your own: `impl occ_runtime::bound::ExactEquality for MyType {{}}`"
)]
pub trait Compares<C> {
    type SqlType: ExactEquality;
}

#[diagnostic::do_not_recommend]
impl<T, C: Column<SqlType: ExactEquality>> Compares<C> for T {
    type SqlType = SqlTypeOf<C>;
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit the column `{C}`",
    label = "cannot be written as `{ST}`",
    note = "change the field's type, or the column's type in `table!`"
)]
pub trait Fits<C, ST> {
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<T, C, ST> Fits<C, ST> for T
where
    ST: SqlType + TypedExpressionType,
    for<'a> &'a T: AsExpression<ST>,
{
    type Checked = ();
}

#[diagnostic::on_unimplemented(
    message = "the column `{C}` is NOT NULL, and its field is an `Option`",
    label = "`None` cannot be written to this column",
    note = "to leave the column alone: `#[diesel(treat_none_as_null = false)]` above the field",
    note = "to write NULL: declare the column `Nullable<..>` in `table!`"
)]
pub trait FitsNull<C> {
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<T, C: Column<SqlType: SqlType<IsNull = is_nullable::IsNullable>>> FitsNull<C> for T {
    type Checked = ();
}

#[diagnostic::on_unimplemented(
    message = "the version column `{C}` is nullable",
    label = "its column can hold NULL, which equals no version",
    note = "make it NOT NULL in the database, and not `Nullable<..>` in `table!`"
)]
pub trait FitsNotNull<C> {
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<T, C: Column<SqlType: SqlType<IsNull = is_nullable::NotNull>>> FitsNotNull<C> for T {
    type Checked = ();
}

#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say that a row is deleted",
    label = "neither a `bool` nor an `Option` of a point in time",
    note = "`Option<SystemTime>` is one, and an `Option` of a type of `chrono` or `time`, if the feature of that name is enabled both for \
            occ-runtime and for diesel; its column is `Nullable<..>` in `table!`",
    note = "for a type of your own that holds a point in time: `impl PointInTime`, of `occ_runtime::version`, and put it into an `Option`"
)]
pub trait Marks<How> {
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<T: DeletionMark> Marks<ByDefault> for T {
    type Checked = ();
}

/// As of [`Counts`].
#[diagnostic::do_not_recommend]
impl<T: Impossible> Marks<Never> for T {
    type Checked = ();
}

#[diagnostic::on_unimplemented(
    message = "the column `{C}` says since when a row is deleted, and is NOT NULL",
    label = "`None` cannot be written to this column, and so no row can be there",
    note = "let it be NULL in the database, and declare it `Nullable<..>` in `table!`"
)]
pub trait FitsSince<C> {
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<T, C: Column<SqlType: SqlType<IsNull = is_nullable::IsNullable>>> FitsSince<C> for T {
    type Checked = ();
}

#[diagnostic::on_unimplemented(
    message = "the column `{C}` says whether a row is deleted, and is nullable",
    label = "its column can hold NULL, which says neither",
    note = "make it NOT NULL in the database, and not `Nullable<..>` in `table!`"
)]
pub trait FitsFlag<C> {
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<T, C: Column<SqlType: SqlType<IsNull = is_nullable::NotNull>>> FitsFlag<C> for T {
    type Checked = ();
}

/// A type that has a default generator. Where it has none, the compiler does not know `Version`, and so says nothing of a column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default version generator",
    label = "no generator is known for this type",
    note = "integers have one, and `SystemTime`; types of `uuid`, `chrono` and `time` have one if the feature of that name is enabled \
            both for occ-runtime and for diesel",
    note = "for `String` and bytes name one: `#[occ(version, generator = UuidV4)]` (feature `uuid` of occ-runtime)",
    note = "for a type of your own that counts: `impl Counter for {Self}`; else `generator = MyGenerator`, with \
            `impl VersionGenerator<{Self}> for MyGenerator`"
)]
pub trait Counts<How> {
    type Version;
}

#[diagnostic::do_not_recommend]
impl<T: DefaultGenerator> Counts<ByDefault> for T {
    type Version = T;
}

/// Never holds. With one impl alone the compiler would not ask whether it holds before it goes on.
#[diagnostic::do_not_recommend]
impl<T: Impossible> Counts<Never> for T {
    type Version = T;
}

#[derive(Debug)]
pub enum ByDefault {}

#[derive(Debug)]
pub enum Never {}

pub trait Impossible {}

/// The default generator, where the checks have not said yet that there is none.
pub trait GeneratorOf<Checks>: Sized {
    type Generator: VersionGenerator<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: DefaultGenerator> GeneratorOf<Declared<false>> for T {
    type Generator = T::Generator;
}

#[diagnostic::do_not_recommend]
impl<T> GeneratorOf<Declared<true>> for T {
    type Generator = stub::Generator;
}

#[diagnostic::on_unimplemented(
    message = "the embedded struct `{Self}` cannot be written to `{Tab}`",
    label = "no changeset for this table",
    note = "add `#[derive(AsChangeset)]` and the same `#[diesel(table_name = ..)]` to `{Self}`"
)]
pub trait Embeds<Tab> {
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<T, Tab> Embeds<Tab> for T
where
    for<'a> &'a T: AsChangeset<Target = Tab>,
{
    type Checked = ();
}

/// `T` can be bound on this backend: what cannot is named by [`ColumnValue`].
pub trait BoundOn<C, DB, Fits = Declared<false>> {
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnValue<C, DB>, C, DB: Backend> BoundOn<C, DB, Declared<false>> for T {
    type Checked = ();
}

#[diagnostic::do_not_recommend]
impl<T, C, DB> BoundOn<C, DB, Declared<true>> for T {
    type Checked = ();
}

/// The same of an embedded struct.
pub trait WrittenOn<Tab, DB, Fits = Declared<false>> {
    type Checked;
}

#[diagnostic::do_not_recommend]
impl<T: EmbeddedOn<Tab, DB>, Tab, DB: Backend> WrittenOn<Tab, DB, Declared<false>> for T {
    type Checked = ();
}

#[diagnostic::do_not_recommend]
impl<T, Tab, DB> WrittenOn<Tab, DB, Declared<true>> for T {
    type Checked = ();
}
