//! PostgreSQL's own version of a row.

use std::io::Write as _;

use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{IsNull, Output, ToSql};
use diesel::sql_types::SqlType;
use diesel::{deserialize, serialize};

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
/// - Nor have the rows of a foreign table (`postgres_fdw`): PostgreSQL shows 0 there, whatever the row has been through. Reading
///   such a row is an error, so is writing with it.
///
/// Its generator is [`DatabaseGenerated`](crate::DatabaseGenerated), which need not be named.
///
/// ```
/// use occ_runtime::{OptimisticLock, Xmin};
///
/// diesel::table! {
///     use diesel::sql_types::*;
///     use occ_runtime::version::Xid;
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
///     #[occ(version)]
///     xmin: Xmin,
/// }
/// ```
#[derive(AsExpression, Clone, Copy, Debug, Default, PartialEq, Eq, FromSqlRow, Hash)]
#[diesel(sql_type = Xid)]
pub struct Xmin(u32);

impl ToSql<Xid, Pg> for Xmin {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.identifies_a_state()?.0.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Xid, Pg> for Xmin {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let bytes = value.as_bytes().try_into().map_err(|_| "an `xid` of PostgreSQL has four bytes")?;
        Ok(Self(u32::from_be_bytes(bytes)).identifies_a_state()?)
    }
}

impl Xmin {
    /// No transaction has the number 0. PostgreSQL shows it where it does not know who wrote the row, and then every state
    /// of every row has the same version: there would be no check at all.
    fn identifies_a_state(self) -> Result<Self, &'static str> {
        match self.0 {
            0 => Err(
                "`xmin` is 0, which identifies no state of the row: PostgreSQL does not know who wrote it, as in a foreign table, \
                 or the value was never read from the database; give the table a version column",
            ),
            _ => Ok(self),
        }
    }
}
