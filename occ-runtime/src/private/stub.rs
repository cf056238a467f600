//! What the derive implements the trait with after it has reported an error. None of it ever runs.

use std::marker::PhantomData;

use diesel::Table;
use diesel::expression::Expression;
use diesel::query_builder::QueryId;
use diesel::sql_types::Integer;

use crate::error::refused::VersionError;
use crate::version::generator::VersionGenerator;

pub use crate::model::declared::never;

/// A version column of any table.
#[derive(Debug)]
pub struct Column<T>(PhantomData<T>);

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T> QueryId for Column<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Expression for Column<T> {
    type SqlType = Integer;
}

impl<T: Table> diesel::Column for Column<T> {
    type Table = T;
    const NAME: &'static str = "";
}

/// Makes versions of any type.
#[derive(Debug)]
pub enum Generator {}

#[diagnostic::do_not_recommend]
impl<V> VersionGenerator<V> for Generator {
    fn initial() -> V {
        never()
    }

    fn next(_: &V) -> Result<V, VersionError> {
        never()
    }
}

/// The table of what cannot have one, such as an enum.
pub mod nothing {
    pub use nothing::table;

    diesel::table! {
        nothing (id) {
            id -> Integer,
        }
    }
}
