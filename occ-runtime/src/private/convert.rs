//! How the fields that are not bound as they are become what is bound.
//!
//! As in `check`, each trait has one blanket impl, kept out of the messages.

use diesel::backend::Backend;
use diesel::query_builder::{AsChangeset, QueryFragment};
use diesel::result::QueryResult;

use crate::model::columns::ColumnVisitor;
use crate::model::declared::{Declared, never};

/// A field with `#[diesel(serialize_as = T)]`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`serialize_as` cannot make a `{T}` of `{Self}`",
    label = "needs `Clone` and `Into<{T}>` for `{Self}`",
    note = "add `#[derive(Clone)]` to `{Self}` and `impl From<{Self}> for {T}`",
    note = "an `Option` is converted as a whole with `#[diesel(treat_none_as_null = true)]`, else what is inside of it"
)]
pub trait SerializeAs<T> {
    /// Diesel's own conversion takes the field, and a save leaves the struct as it is: hence a clone.
    fn serialize_as(&self) -> T;
}

#[diagnostic::do_not_recommend]
impl<F: Clone + Into<T>, T> SerializeAs<T> for F {
    fn serialize_as(&self) -> T {
        self.clone().into()
    }
}

/// A field with `#[diesel(embed)]`, in a struct of the table `Tab`.
///
/// The lifetime means nothing. A false bound for any lifetime is not reported where it is written down, so that the
/// bound on the generated impl is no second error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the embedded struct `{Self}` cannot be written to `{Tab}`",
    label = "no changeset for this table",
    note = "add `#[derive(AsChangeset)]` and the same `#[diesel(table_name = ..)]` to `{Self}`"
)]
pub trait Embedded<'any, Tab, Checks = Declared<false>> {
    /// The columns of the embedded struct and their values.
    type Changeset<'a>
    where
        Self: 'a;

    /// What the struct's own `AsChangeset` makes of it.
    fn changeset(&self) -> Self::Changeset<'_>;
}

#[diagnostic::do_not_recommend]
impl<T, Tab> Embedded<'_, Tab, Declared<false>> for T
where
    for<'a> &'a T: AsChangeset<Target = Tab>,
{
    type Changeset<'a>
        = <&'a T as AsChangeset>::Changeset
    where
        T: 'a;

    fn changeset(&self) -> Self::Changeset<'_> {
        self.as_changeset()
    }
}

/// An embedded struct whose columns the backend can bind.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "not every column of the embedded struct `{Self}` can be bound on `{DB}`",
    label = "a field of `{Self}` has a type this backend does not support"
)]
pub trait EmbeddedOn<Tab, DB: Backend, Checks = Declared<false>>:
    for<'any> Embedded<'any, Tab, Checks>
{
    /// Shows the columns to the visitor.
    fn visit<'a, 'b, V>(
        changeset: &'b <Self as Embedded<'static, Tab, Checks>>::Changeset<'a>,
        visitor: &mut V,
    ) -> QueryResult<()>
    where
        Self: 'a,
        'a: 'b,
        V: ColumnVisitor<'b, DB>;
}

#[diagnostic::do_not_recommend]
impl<T, Tab, DB> EmbeddedOn<Tab, DB, Declared<false>> for T
where
    DB: Backend,
    for<'a> &'a T: AsChangeset<Target = Tab, Changeset: QueryFragment<DB>>,
{
    fn visit<'a, 'b, V>(
        changeset: &'b <Self as Embedded<'static, Tab>>::Changeset<'a>,
        visitor: &mut V,
    ) -> QueryResult<()>
    where
        Self: 'a,
        'a: 'b,
        V: ColumnVisitor<'b, DB>,
    {
        visitor.embedded(changeset)
    }
}

#[diagnostic::do_not_recommend]
impl<T, Tab> Embedded<'_, Tab, Declared<true>> for T {
    type Changeset<'a>
        = ()
    where
        T: 'a;

    fn changeset(&self) -> Self::Changeset<'_> {}
}

#[diagnostic::do_not_recommend]
impl<T, Tab, DB: Backend> EmbeddedOn<Tab, DB, Declared<true>> for T {
    fn visit<'a, 'b, V>((): &'b (), _: &mut V) -> QueryResult<()>
    where
        Self: 'a,
        'a: 'b,
        V: ColumnVisitor<'b, DB>,
    {
        never()
    }
}
