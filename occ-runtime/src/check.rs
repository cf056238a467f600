//! What the derive asserts about a struct where it is declared, in words of its own.
//!
//! Each function is called with the field's type and its column, so that the compiler underlines the field. Each
//! trait has one blanket impl, kept out of the message, which then says what is wrong and not which of Diesel's
//! bounds failed.

use diesel::dsl::SqlTypeOf;
use diesel::expression::{AsExpression, TypedExpressionType};
use diesel::query_builder::AsChangeset;
use diesel::sql_types::{SqlType, is_nullable};
use diesel::{Column, Table};

/// The field's type can be written to the column.
pub fn field<T, C>()
where
    C: Column,
    T: Fits<C, SqlTypeOf<C>>,
{
}

/// The same for the content of an `Option`, whose `None` is written as NULL.
pub fn optional_field<T, C>()
where
    C: NullableColumn,
    T: Fits<C, SqlTypeOf<C>>,
{
}

/// The column can hold the version.
pub fn version_column<C>()
where
    C: NotNullColumn,
{
}

/// The struct can write its columns as a part of the table.
pub fn embedded<T, Tab>()
where
    T: EmbeddedIn<Tab>,
{
}

#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` does not fit the column `{C}` of SQL type `{ST}`",
    label = "does not fit its column",
    note = "change the field's type, or the column's type in `table!`"
)]
pub trait Fits<C, ST> {}

#[diagnostic::do_not_recommend]
impl<T, C, ST> Fits<C, ST> for T
where
    ST: SqlType + TypedExpressionType,
    for<'a> &'a T: AsExpression<ST>,
{
}

#[diagnostic::on_unimplemented(
    message = "the column `{Self}` is NOT NULL: what shall `None` do?",
    label = "`None` cannot be written to this column",
    note = "to leave the column alone: `#[diesel(treat_none_as_null = false)]` above the field",
    note = "to write NULL: declare the column `Nullable<..>` in `table!`"
)]
pub trait NullableColumn: Column {}

#[diagnostic::do_not_recommend]
impl<C: Column<SqlType: SqlType<IsNull = is_nullable::IsNullable>>> NullableColumn for C {}

#[diagnostic::on_unimplemented(
    message = "the version column `{Self}` is nullable",
    label = "the column of this field can hold NULL, which equals no version",
    note = "make it NOT NULL in the database, and not `Nullable<..>` in `table!`"
)]
pub trait NotNullColumn: Column {}

#[diagnostic::do_not_recommend]
impl<C: Column<SqlType: SqlType<IsNull = is_nullable::NotNull>>> NotNullColumn for C {}

#[diagnostic::on_unimplemented(
    message = "the embedded struct `{Self}` cannot be written to `{Tab}`",
    label = "no changeset for this table",
    note = "add `#[derive(AsChangeset)]` and the same `#[diesel(table_name = ..)]` to `{Self}`"
)]
pub trait EmbeddedIn<Tab> {}

#[diagnostic::do_not_recommend]
impl<T, Tab> EmbeddedIn<Tab> for T
where
    Tab: Table,
    for<'a> &'a T: AsChangeset<Target = Tab>,
{
}
