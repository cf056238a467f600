//! PostgreSQL's own version of a row.

use std::io::Write as _;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::SqlType;

/// The SQL type `xid` of PostgreSQL, for `xmin -> Xid` in `table!`.
///
/// See [`Xmin`] for an example.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 28, array_oid = 1011))]
pub struct Xid;

/// The transaction that wrote the row: a version that every table of PostgreSQL has without a column or a trigger.
///
/// (PostgreSQL manual, "System Columns".) Use it for tables that cannot get a column. Its limits:
///
/// - It is good for equality only: the numbers wrap around, and do not grow from write to write.
/// - Two writes in one transaction have the same `xmin`. Of two copies loaded within that transaction the second is not
///   found to be stale. A savepoint has a number of its own.
/// - A dump and restore gives every row a new one, so copies from before are stale. So does a table rewrite.
/// - Views have none.
///
/// ```
/// use occ_runtime::{DatabaseGenerated, OptimisticLock, Xmin};
///
/// diesel::table! {
///     use diesel::sql_types::*;
///     use occ_runtime::Xid;
///
///     products (id) {
///         id -> Integer,
///         name -> Text,
///         xmin -> Xid,
///     }
/// }
///
/// #[derive(OptimisticLock)]
/// struct Product {
///     id: i32,
///     name: String,
///     #[occ(version, generator = DatabaseGenerated)]
///     xmin: Xmin,
/// }
/// ```
#[derive(AsExpression, Clone, Copy, Debug, Default, PartialEq, Eq, FromSqlRow, Hash)]
#[diesel(sql_type = Xid)]
pub struct Xmin(u32);

impl ToSql<Xid, Pg> for Xmin {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.0.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Xid, Pg> for Xmin {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let bytes = value.as_bytes().try_into().map_err(|_| "an `xid` of PostgreSQL has four bytes")?;
        Ok(Self(u32::from_be_bytes(bytes)))
    }
}
