//! Columns of PostgreSQL whose values are compared after a plain transaction, which has stored what was sent.

use std::io::Write as _;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::data_types::{PgInterval, PgMoney, PgNumeric};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Cidr, Inet, Json, Jsonb};
use occ_runtime::OptimisticLock;

use super::cell::{batch, connect};
use crate::scenarios::tracked_columns::each_column_goes_on;

/// A document, without the spaces that are between its parts; or an address, as the server sends it.
#[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Json)]
#[diesel(sql_type = Jsonb)]
#[diesel(sql_type = Inet)]
#[diesel(sql_type = Cidr)]
struct Bytes(Vec<u8>);

macro_rules! bytes {
    ($($sql:ty, $read:expr;)*) => {$(
        impl ToSql<$sql, Pg> for Bytes {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(&self.0)?;
                Ok(IsNull::No)
            }
        }

        impl FromSql<$sql, Pg> for Bytes {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                let read: fn(&[u8]) -> Vec<u8> = $read;
                Ok(Self(read(value.as_bytes())))
            }
        }
    )*};
}

/// As `serde_json` writes what it has read.
fn without_spaces(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| *byte != b' ').collect()
}

bytes! {
    Json, without_spaces;
    Jsonb, without_spaces;
    Inet, <[u8]>::to_vec;
    Cidr, <[u8]>::to_vec;
}

diesel::table! {
    use diesel::sql_types::*;

    facts (id) {
        id -> Integer,
        title -> Text,
        flag -> Nullable<Bool>,
        amount -> Nullable<Numeric>,
        document -> Nullable<Json>,
        binary_document -> Nullable<Jsonb>,
        address -> Nullable<Inet>,
        network -> Nullable<Cidr>,
        flags -> Nullable<Array<Bool>>,
        counts -> Nullable<Array<Integer>>,
        words -> Nullable<Array<Nullable<Text>>>,
        amounts -> Nullable<Array<Numeric>>,
        letter -> Nullable<CChar>,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Fact {
    id: i32,
    title: String,
    flag: Option<bool>,
    amount: Option<PgNumeric>,
    document: Option<Bytes>,
    binary_document: Option<Bytes>,
    address: Option<Bytes>,
    network: Option<Bytes>,
    flags: Option<Vec<bool>>,
    counts: Option<Vec<i32>>,
    words: Option<Vec<Option<String>>>,
    amounts: Option<Vec<PgNumeric>>,
    letter: Option<u8>,
    version: i32,
}

diesel::table! {
    use diesel::sql_types::*;

    measures (id) {
        id -> Integer,
        title -> Text,
        single -> Nullable<Float>,
        double -> Nullable<Double>,
        moment -> Nullable<Timestamp>,
        instant -> Nullable<Timestamptz>,
        day -> Nullable<Date>,
        hour -> Nullable<Time>,
        code -> Nullable<Uuid>,
        bytes -> Nullable<Binary>,
        fixed -> Nullable<Text>,
        mac -> Nullable<MacAddr>,
        price -> Nullable<Money>,
        span -> Nullable<Interval>,
        object -> Nullable<Oid>,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Measure {
    id: i32,
    title: String,
    single: Option<f32>,
    double: Option<f64>,
    moment: Option<chrono::NaiveDateTime>,
    instant: Option<chrono::DateTime<chrono::Utc>>,
    day: Option<chrono::NaiveDate>,
    hour: Option<chrono::NaiveTime>,
    code: Option<uuid::Uuid>,
    bytes: Option<Vec<u8>>,
    fixed: Option<String>,
    mac: Option<[u8; 6]>,
    price: Option<PgMoney>,
    span: Option<PgInterval>,
    object: Option<u32>,
    version: i32,
}

super::scenarios! {
    async fn whatever_is_in_a_column_a_tracked_row_goes_on_after_a_plain_commit(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE facts (id INTEGER PRIMARY KEY, title TEXT NOT NULL, flag BOOLEAN, amount NUMERIC, document JSON,
                 binary_document JSONB, address INET, network CIDR, flags BOOLEAN[], counts INTEGER[], words TEXT[],
                 amounts NUMERIC[], letter \"char\", version INTEGER NOT NULL)",
            conn,
        )
        .await
        .unwrap();
        each_column_goes_on!(facts, Fact, conn, [
            ("flag", "TRUE"),
            ("flag", "FALSE"),
            ("flag", "NULL"),
            ("amount", "0.00"),
            ("amount", "1.50"),
            ("amount", "1e20"),
            ("amount", "-12345678901234567890.0010"),
            ("amount", "'NaN'"),
            ("document", "'{\"a\":  1, \"b\": [1, 2.0]}'"),
            ("document", "'[ ]'"),
            ("binary_document", "'{\"a\":  1, \"b\": [1, 2.0]}'"),
            ("address", "'192.168.0.1'"),
            ("address", "'192.168.0.1/24'"),
            ("address", "'::1'"),
            ("network", "'10.0.0.0/8'"),
            ("flags", "'{t,f}'"),
            ("counts", "'{1,2}'"),
            ("counts", "'{}'"),
            ("words", "'{a,NULL,\"b c\",\"NULL\",\"\"}'"),
            ("amounts", "'{0.00,1.50}'"),
            ("letter", "'a'"),
        ]);
    }

    async fn whatever_is_measured_in_a_column_a_tracked_row_goes_on_after_a_plain_commit(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE measures (id INTEGER PRIMARY KEY, title TEXT NOT NULL, single REAL, double FLOAT8, moment TIMESTAMP,
                 instant TIMESTAMPTZ, day DATE, hour TIME, code UUID, bytes BYTEA, fixed CHAR(10), mac MACADDR, price MONEY,
                 span INTERVAL, object OID, version INTEGER NOT NULL)",
            conn,
        )
        .await
        .unwrap();
        each_column_goes_on!(measures, Measure, conn, [
            ("single", "0.1"),
            ("double", "0.1"),
            ("double", "1e300"),
            ("moment", "now()"),
            ("moment", "'2026-01-02 03:04:05.000006'"),
            ("instant", "now()"),
            ("day", "now()"),
            ("hour", "'03:04:05.5'"),
            ("code", "gen_random_uuid()"),
            ("bytes", "'\\x00ff'"),
            ("fixed", "'abc'"),
            ("mac", "'08:00:2b:01:02:03'"),
            ("price", "'12.34'"),
            ("span", "'1 month'"),
            ("span", "'1 day 2 hours'"),
            ("object", "7"),
        ]);
    }
}
