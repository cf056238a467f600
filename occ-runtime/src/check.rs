//! What the derive asserts about a struct where it is declared, in words of its own.
//!
//! The derive names a type of this module for a field's type and its column. It exists only if the rule holds, so
//! the compiler underlines the field's type. Each trait has one blanket impl, kept out of the message, which then
//! says what is wrong and not which of Diesel's bounds failed.

use diesel::Column;
use diesel::dsl::SqlTypeOf;
use diesel::expression::{AsExpression, TypedExpressionType};
use diesel::sql_types::{SqlType, is_nullable};

use crate::loaded::ExactEquality;

/// `T` can be written to the column.
pub type Field<T, C> = <T as Fits<C, SqlTypeOf<C>>>::Checked;

/// `T` is an `Option`, and its `None` can be written to the column as NULL.
pub type NoneAsNull<T, C> = <T as FitsNull<C>>::Checked;

/// The column of the version `T` always holds one.
pub type Version<T, C> = <T as FitsNotNull<C>>::Checked;

/// The SQL type of the column, whose values can be compared exactly.
pub type Exact<T, C> = <T as Compares<C>>::SqlType;

#[diagnostic::on_unimplemented(
    message = "the column `{C}` cannot be compared exactly with what was loaded",
    label = "its SQL type has no exact equality",
    note = "leave the field out of the check, if nothing is lost by that: `#[occ(unchecked)]` above it",
    note = "types that only one database has need its feature, `postgres` or `mysql`",
    note = "for a SQL type of your own: `impl occ_runtime::ExactEquality for MyType {{}}`"
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
    message = "the column `{C}` is NOT NULL: what shall `None` do?",
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
