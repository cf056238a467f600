//! Whether a struct passed the checks that the derive makes where it is declared.
//!
//! A field that does not fit its column is one mistake, and is reported at the field. Each call of a method would report it once
//! more, since the impl that writes the columns has bounds on the fields. So the checks are made in a constant, and the
//! bounds name it: of a constant that does not compile the compiler does not know the value, and then takes the impls
//! for [`Declared<true>`], which hold for all types.

use diesel::backend::Backend;
use diesel::deserialize::FromSqlRow;
use diesel::dsl::SqlTypeOf;

use crate::model::optimistic_lock::OptimisticLock;
use crate::version::none::NoVersion;

/// `Declared<false>`: nothing was wrong.
#[derive(Debug)]
pub enum Declared<const WRONG: bool> {}

impl<const WRONG: bool> Declared<WRONG> {
    /// Whether something was.
    pub const WRONG: bool = WRONG;
}

/// A version that can be read from the SQL type of its column.
#[diagnostic::on_unimplemented(
    message = "the version `{Self}` cannot be read from `{ST}` on `{DB}`",
    label = "cannot be read back"
)]
pub trait ReadBack<ST, DB: Backend, Checks = Declared<false>>: Sized {
    /// What is read of the row.
    type Row: FromSqlRow<ST, DB> + Send + 'static;

    fn version(row: Self::Row) -> Self;
}

#[diagnostic::do_not_recommend]
impl<V, ST, DB> ReadBack<ST, DB, Declared<false>> for V
where
    DB: Backend,
    V: FromSqlRow<ST, DB> + Send + 'static,
{
    type Row = V;

    fn version(row: V) -> V {
        row
    }
}

#[diagnostic::do_not_recommend]
impl<V, ST, DB> ReadBack<ST, DB, Declared<true>> for V
where
    DB: Backend,
    NoVersion: FromSqlRow<ST, DB>,
{
    type Row = NoVersion;

    fn version(_: NoVersion) -> V {
        never()
    }
}

/// The model `M`, as seen from a connection. As long as that is not known, neither is the model: so what it lacks is one
/// error, which can name both.
pub trait Through<M> {
    type Model;
}

impl<M, C> Through<M> for C {
    type Model = M;
}

pub(crate) type Model<C, M> = <C as Through<M>>::Model;

/// The SQL type of the column of a model's version.
pub(crate) type VersionSqlType<M> = SqlTypeOf<<M as OptimisticLock>::VersionColumn>;

/// The body of every stub.
///
/// # Panics
///
/// Always: it is never called.
#[expect(clippy::panic, reason = "it stands in code that does not compile")]
#[must_use]
pub fn never<T>() -> T {
    panic!("`#[derive(OptimisticLock)]` has reported an error for this type")
}
