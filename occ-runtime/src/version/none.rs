//! Tables without a version: a save compares the loaded columns instead.

use diesel::backend::Backend;
use diesel::deserialize;
use diesel::deserialize::{FromSql, FromSqlRow};

use crate::error::refused::VersionError;
use crate::version::generator::VersionGenerator;

/// The version of a struct that has none: `#[occ(check = dirty)]` or `#[occ(check = all)]`.
///
/// All of its values are equal. What a save compares instead are the columns.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, Tracked, prelude::*};
/// # diesel::table! { legacy (id) { id -> Integer, title -> Text, body -> Nullable<Text> } }
/// #[derive(Clone, Queryable, Selectable, OptimisticLock)]
/// #[diesel(table_name = legacy)]
/// #[occ(check = all)]
/// struct Page {
///     id: i32,
///     title: String,
///     body: Option<String>,
/// }
///
/// # let conn = &mut SqliteConnection::establish(":memory:").unwrap();
/// # diesel::sql_query("CREATE TABLE legacy (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT)").execute(conn)?;
/// # diesel::sql_query("INSERT INTO legacy VALUES (1, 'Doors', NULL)").execute(conn)?;
/// let mut page = legacy::table.find(1).select(Tracked::<Page>::as_select()).first(conn)?;
/// page.title = "Locks".into();
/// page.save_optimistic(conn)?; // .. WHERE id = 1 AND title = 'Doors' AND body IS NULL
/// # Ok::<_, Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, FromSqlRow)]
pub struct NoVersion;

/// It stands where a version would be shown.
impl std::fmt::Debug for NoVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("none")
    }
}

/// Whatever is read in place of a version says that the row is there, and no more.
impl<ST, DB: Backend> FromSql<ST, DB> for NoVersion {
    fn from_sql(_: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self)
    }
}

/// Nothing is written in place of a version.
#[diagnostic::do_not_recommend]
impl VersionGenerator<Self> for NoVersion {
    const BY_DATABASE: bool = true;

    fn initial() -> Self {
        Self
    }

    fn next(_: &Self) -> Result<Self, VersionError> {
        Ok(Self)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for NoVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}
