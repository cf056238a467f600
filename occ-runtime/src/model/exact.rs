#[cfg(any(feature = "postgres", feature = "mysql"))]
use diesel::sql_types as st;
use diesel::sql_types::{
    BigInt, Binary, Bool, Date, Integer, Interval, Nullable, Numeric, SmallInt, SqlType, Text, Time,
    Timestamp, TinyInt, is_nullable,
};

/// A SQL type whose values can be compared exactly: what `#[occ(check = ..)]` can compare.
///
/// Texts are compared byte by byte, whatever their collation, decimals with their scale, intervals and arrays as they are shown.
/// Not floats, which are rounded on their way, nor JSON and ranges, which can be written in many ways.
///
/// Implement it for a SQL type of your own, such as an enum of PostgreSQL. It says that values which the database's `=` takes
/// for equal are the same; PostgreSQL compares them as they are shown, too. Where a collation that ignores case applies to a
/// type of your own on MySQL, the promise is false: give such a column the type `Text` in `table!`.
///
/// ```
/// use occ_runtime::bound::ExactEquality;
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

/// How the values of a SQL type are compared.
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
