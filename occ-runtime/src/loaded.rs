//! Tables without a version: what was loaded stands for it.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
#[cfg(any(feature = "postgres", feature = "mysql"))]
use diesel::sql_types as st;
use diesel::sql_types::{
    BigInt, Binary, Bool, Date, Integer, Interval, Nullable, Numeric, SmallInt, SqlType, Text, Time,
    Timestamp, TinyInt, is_nullable,
};

use crate::error::VersionError;
use crate::generator::VersionGenerator;
use crate::model::OptimisticLock;

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
pub struct Loaded;

/// It stands where a version would be shown.
impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("none")
    }
}

/// Whatever is read in place of a version says that the row is there, and no more.
impl<ST, DB: Backend> FromSql<ST, DB> for Loaded {
    fn from_sql(_: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self)
    }
}

/// Nothing is written in place of a version.
#[diagnostic::do_not_recommend]
impl VersionGenerator<Self> for Loaded {
    const BY_DATABASE: bool = true;

    fn initial() -> Self {
        Self
    }

    fn next(_: &Self) -> Result<Self, VersionError> {
        Ok(Self)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Loaded {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

/// What a save is checked by.
#[doc(hidden)]
pub trait Check: 'static {
    const BY_VERSION: bool = false;
    const DIRTY_ONLY: bool = false;
}

/// By the version.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByVersion {}

/// By the columns that are written.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByDirty {}

/// By every column of the struct.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByAll {}

impl Check for ByVersion {
    const BY_VERSION: bool = true;
}

impl Check for ByDirty {
    const DIRTY_ONLY: bool = true;
}

impl Check for ByAll {}

/// A check by the version of `M`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the row of `{M}` has no version",
    label = "this needs a version to check",
    note = "a struct with `#[occ(check = ..)]` is loaded, saved and deleted as `Tracked<{M}>`, which knows what was loaded"
)]
pub trait ChecksVersion<M> {}

#[diagnostic::do_not_recommend]
impl<M> ChecksVersion<M> for ByVersion {}

/// A struct whose row has a version: not one with `#[occ(check = ..)]`.
///
/// Only a row with a version can be saved without what was loaded.
///
/// ```
/// use occ_runtime::Versioned;
///
/// fn seen<M: Versioned>(model: &M) -> String {
///     format!("{} at {:?}", M::table_name(), model.version())
/// }
/// ```
pub trait Versioned: OptimisticLock {}

impl<M: OptimisticLock<Check: ChecksVersion<M>>> Versioned for M {}

/// A SQL type whose values can be told apart exactly: what `#[occ(check = ..)]` can compare.
///
/// Texts are compared byte by byte, whatever their collation, decimals with their scale, intervals and arrays as they are shown.
/// Not floats, which are rounded on their way, nor JSON and ranges, which can be written in many ways.
///
/// Implement it for a SQL type of your own, such as an enum of PostgreSQL. It says that values which the database's `=` takes
/// for equal are the same; PostgreSQL compares them as they are shown, too. Where a collation that ignores case applies to a
/// type of your own on MySQL, the promise is false: give such a column the type `Text` in `table!`.
///
/// ```
/// use occ_runtime::ExactEquality;
///
/// #[derive(diesel::sql_types::SqlType)]
/// #[diesel(postgres_type(name = "mood"))]
/// struct Mood;
///
/// impl ExactEquality for Mood {}
/// ```
pub trait ExactEquality {
    #[doc(hidden)]
    const KIND: Kind = Kind::Other;
    #[doc(hidden)]
    const IS_NULLABLE: bool = false;
}

/// How the values of a SQL type are told apart.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What is equal is the same, on every database.
    Plain,
    /// What is equal is the same, where it is not kept as text.
    Time,
    /// What is equal depends on a collation.
    Text,
    /// A number with a scale.
    Decimal,
    /// What is shown alike is the same.
    Shown,
    /// What is equal and shown alike is the same.
    Other,
}

impl Kind {
    /// The kind of a PostgreSQL array. Arrays of other bounds are not shown alike.
    #[cfg(feature = "postgres")]
    const fn in_array(self) -> Self {
        match self {
            Self::Plain | Self::Text | Self::Decimal | Self::Shown => Self::Shown,
            Self::Time | Self::Other => Self::Other,
        }
    }
}

macro_rules! told_apart {
    ($($kind:ident: $($sql_type:ty),+;)+) => {
        $($(
            impl ExactEquality for $sql_type {
                const KIND: Kind = Kind::$kind;
            }
        )+)+
    };
}

told_apart! {
    Plain: BigInt, Binary, Bool, Integer, SmallInt, TinyInt;
    Time: Date, Time, Timestamp;
    Text: Text;
    Decimal: Numeric;
    Other: Interval;
}
#[cfg(feature = "postgres")]
told_apart! {
    Plain: st::Cidr, st::Inet, st::MacAddr, st::MacAddr8, st::Oid, st::Uuid, st::CChar;
    Time: st::Timestamptz;
    Shown: st::Citext;
}
#[cfg(feature = "mysql")]
told_apart! {
    Plain: st::Unsigned<BigInt>, st::Unsigned<Integer>, st::Unsigned<SmallInt>, st::Unsigned<TinyInt>;
    Time: st::Datetime;
}

#[cfg(feature = "postgres")]
impl<ST: ExactEquality> ExactEquality for st::Array<ST> {
    const KIND: Kind = ST::KIND.in_array();
}

impl<ST> ExactEquality for Nullable<ST>
where
    ST: ExactEquality + SqlType<IsNull = is_nullable::NotNull>,
{
    const KIND: Kind = ST::KIND;
    const IS_NULLABLE: bool = true;
}
