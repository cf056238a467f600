//! What PostgreSQL has that others have not, and its own spelling of the rest.

use std::collections::Bound;
use std::io::Write as _;

use ::uuid::Uuid;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql, WriteTuple};
use occ_runtime::prelude::*;
use serde_json::json;

/// SQL types of the program's own.
mod custom {
    #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "mood"))]
    pub struct MoodType;

    #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "place"))]
    pub struct PlaceType;
}

macro_rules! setup {
    () => {
        "SELECT pg_advisory_xact_lock(271828); CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public; CREATE TYPE mood AS ENUM ('fine', 'bad'); CREATE TYPE place AS (shelf integer, label text);
         CREATE DOMAIN short AS text CHECK (length(value) < 9);"
    };
}
use setup;

#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = custom::MoodType)]
pub enum Mood {
    Fine,
    Bad,
}

impl ToSql<custom::MoodType, Pg> for Mood {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(if *self == Self::Fine { b"fine" } else { b"bad" })?;
        Ok(IsNull::No)
    }
}

impl FromSql<custom::MoodType, Pg> for Mood {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(if bytes.as_bytes() == b"fine" { Self::Fine } else { Self::Bad })
    }
}

/// A composite value.
#[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = custom::PlaceType)]
pub struct Spot(i32, String);

impl ToSql<custom::PlaceType, Pg> for Spot {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        WriteTuple::<(diesel::sql_types::Integer, diesel::sql_types::Text)>::write_tuple(
            &(self.0, self.1.as_str()),
            out,
        )
    }
}

impl FromSql<custom::PlaceType, Pg> for Spot {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        type Both = diesel::sql_types::Record<(diesel::sql_types::Integer, diesel::sql_types::Text)>;
        let (shelf, label) = FromSql::<Both, Pg>::from_sql(bytes)?;
        Ok(Self(shelf, label))
    }
}

/// What serde makes of any type, in a column of JSON.
#[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Jsonb)]
pub struct Json<T>(pub T);

impl<T: serde::Serialize + std::fmt::Debug> ToSql<diesel::sql_types::Jsonb, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[1])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl<T: serde::de::DeserializeOwned> FromSql<diesel::sql_types::Jsonb, Pg> for Json<T> {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_slice(&bytes.as_bytes()[1..])?))
    }
}

/// An id of one type for all tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Uuid)]
pub struct TypedUuid<const KIND: char>(Uuid);

impl<const KIND: char> ToSql<diesel::sql_types::Uuid, Pg> for TypedUuid<KIND> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<diesel::sql_types::Uuid, Pg>::to_sql(&self.0, &mut out.reborrow())
    }
}

impl<const KIND: char> FromSql<diesel::sql_types::Uuid, Pg> for TypedUuid<KIND> {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        <Uuid as FromSql<diesel::sql_types::Uuid, Pg>>::from_sql(bytes).map(Self)
    }
}

type Range<T> = (Bound<T>, Bound<T>);

fn day(day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn noon() -> chrono::NaiveDateTime {
    day(25).and_hms_micro_opt(12, 0, 0, 1).unwrap()
}

values! { PgConnection;
    small: [SmallInt] "smallint", i16, "-1" => 7;
    double: [Double] "double precision", f64, "'-Infinity'" => 0.1;
    single: [Float] "real", f32, "0.1" => -0.0;
    truth: [Bool] "boolean", bool, "false" => true;
    varchar: [Varchar] "varchar(9)", String, "'a'" => "b".to_owned();
    a_domain: [Text] "short", String, "'a'" => "b".to_owned();
    padded: [Bpchar] "char(5)", String, "'a'" => "b    ".to_owned();
    one_byte: [CChar] r#""char""#, u8, "'a'" => b'z';
    case_insensitive: [Citext] "citext", String, "'a'" => "A".to_owned();
    bytes: [Bytea] "bytea", Vec<u8>, "'\\x00ff'" => vec![0, 1];
    uuid: [Uuid] "uuid", ::uuid::Uuid, "'00000000-0000-0000-0000-000000000001'" => ::uuid::Uuid::nil();
    typed_uuid: [Uuid] "uuid", TypedUuid<'t'>, "'00000000-0000-0000-0000-000000000001'" => TypedUuid(::uuid::Uuid::nil());
    texts: [Array<Text>] "text[]", Vec<String>, "'{a,b}'" => vec!["b".to_owned()];
    maybe_numbers: [Array<Nullable<Integer>>] "integer[]", Vec<Option<i32>>, "'{1,NULL}'" => vec![None, Some(2)];
    uuids: [Array<Uuid>] "uuid[]", Vec<::uuid::Uuid>, "'{}'" => vec![::uuid::Uuid::nil()];
    cows: [Array<Nullable<Text>>] "text[]", Vec<Option<std::borrow::Cow<'static, str>>>, "'{a,NULL}'" => vec![Some("b".into())];
    an_enum: [MoodType] "mood", Mood, "'fine'" => Mood::Bad;
    enums: [Array<Nullable<MoodType>>] "mood[]", Vec<Option<Mood>>, "'{fine,NULL}'" => vec![Some(Mood::Bad), None];
    composite: [PlaceType] "place", Spot, "ROW(1, 'a')" => Spot(2, "b, \"c\"".to_owned());
    composites: [Array<PlaceType>] "place[]", Vec<Spot>, "ARRAY[ROW(1, 'a')::place]" => vec![Spot(2, "b".to_owned())];
    jsonb: [Jsonb] "jsonb", serde_json::Value, "'{\"a\":1}'" => json!({"b": [null, "x"]});
    json: [diesel::sql_types::Json] "json", serde_json::Value, "'{\"a\":1}'" => json!({"b": [null, "x"]});
    wrapped_json: [Jsonb] "jsonb", Json<Vec<Option<String>>>, "'[null]'" => Json(vec![Some("x".to_owned())]);
    jsons: [Array<Jsonb>] "jsonb[]", Vec<serde_json::Value>, "ARRAY['1'::jsonb]" => vec![json!({})];
    numeric: [Numeric] "numeric", bigdecimal::BigDecimal, "1.50" => "12345678901234567890.10".parse().unwrap();
    money: [Money] "money", diesel::data_types::PgMoney, "1.5" => diesel::data_types::PgMoney(-7);
    inet: [Inet] "inet", ipnetwork::IpNetwork, "'10.0.0.1/8'" => "::1/128".parse().unwrap();
    cidr: [Cidr] "cidr", ipnetwork::IpNetwork, "'10.0.0.0/8'" => "fe80::/64".parse().unwrap();
    mac: [MacAddr] "macaddr", [u8; 6], "'01:02:03:04:05:06'" => [6; 6];
    oid: [Oid] "oid", u32, "1" => u32::MAX;
    date: [Date] "date", chrono::NaiveDate, "'2026-01-01'" => day(1);
    time_of_day: [Time] "time", chrono::NaiveTime, "'01:02:03.000004'" => noon().time();
    timestamp: [Timestamp] "timestamp", chrono::NaiveDateTime, "'2026-01-01 00:00:00.000001'" => noon();
    timestamptz: [Timestamptz] "timestamptz", chrono::DateTime<chrono::Utc>, "'2026-01-01 00:00:00+02'" => noon().and_utc();
    system_time: [Timestamp] "timestamp", std::time::SystemTime, "'2026-01-01 00:00:00'" => std::time::SystemTime::UNIX_EPOCH;
    of_crate_time: [Timestamptz] "timestamptz", time::OffsetDateTime, "'2026-01-01 00:00:00Z'" => time::OffsetDateTime::UNIX_EPOCH;
    date_of_crate_time: [Date] "date", time::Date, "'2026-01-01'" => time::OffsetDateTime::UNIX_EPOCH.date();
    interval: [Interval] "interval", diesel::data_types::PgInterval, "'1 month 2 days'" => diesel::data_types::PgInterval::from_days(30);
    duration: [Interval] "interval", chrono::Duration, "'2 days'" => chrono::Duration::microseconds(5);
    range: [Int4range] "int4range", Range<i32>, "'[1,5)'" => (Bound::Included(2), Bound::Unbounded);
    ranges: [Int4multirange] "int4multirange", Vec<Range<i32>>, "'{[1,5)}'" => vec![(Bound::Included(2), Bound::Excluded(3))];
    time_range: [Tstzrange] "tstzrange", Range<chrono::DateTime<chrono::Utc>>, "'[2026-01-01,)'" => (Bound::Unbounded, Bound::Excluded(noon().and_utc()));
    lsn: [PgLsn] "pg_lsn", diesel::data_types::PgLsn, "'0/1'" => diesel::data_types::PgLsn(7);
}

mod as_keys {
    use super::*;

    keys! { PgConnection;
        small: [SmallInt] "smallint", i16, "-1", "7";
        varchar: [Varchar] "varchar(9)", String, "'a'", "'A'";
        padded: [Bpchar] "char(1)", String, "'a'", "'A'";
        one_byte: [CChar] r#""char""#, u8, "'a'", "'b'";
        case_insensitive: [Citext] "citext", String, "'a'", "'B'";
        bytes: [Bytea] "bytea", Vec<u8>, "''", "'\\x00'";
        uuid: [Uuid] "uuid", ::uuid::Uuid, "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'";
        typed_uuid: [Uuid] "uuid", TypedUuid<'t'>, "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'";
        texts: [Array<Text>] "text[]", Vec<String>, "'{}'", "'{a}'";
        an_enum: [MoodType] "mood", Mood, "'fine'", "'bad'";
        composite: [PlaceType] "place", Spot, "ROW(1, 'a')", "ROW(1, 'b')";
        jsonb: [Jsonb] "jsonb", serde_json::Value, "'{}'", "'[]'";
        numeric: [Numeric] "numeric", bigdecimal::BigDecimal, "1.50", "2";
        money: [Money] "money", diesel::data_types::PgMoney, "1.5", "2";
        inet: [Inet] "inet", ipnetwork::IpNetwork, "'10.0.0.1/8'", "'::1'";
        cidr: [Cidr] "cidr", ipnetwork::IpNetwork, "'10.0.0.0/8'", "'10.0.0.0/9'";
        mac: [MacAddr] "macaddr", [u8; 6], "'01:02:03:04:05:06'", "'01:02:03:04:05:07'";
        oid: [Oid] "oid", u32, "1", "4294967295";
        date: [Date] "date", chrono::NaiveDate, "'2026-01-01'", "'2026-01-02'";
        time_of_day: [Time] "time", chrono::NaiveTime, "'01:02:03.000004'", "'00:00'";
        timestamptz: [Timestamptz] "timestamptz", chrono::DateTime<chrono::Utc>, "'2026-01-01 00:00:00+02'", "'2026-01-01'";
        of_crate_time: [Timestamptz] "timestamptz", time::OffsetDateTime, "'2026-01-01 00:00:00Z'", "'1970-01-01Z'";
        interval: [Interval] "interval", diesel::data_types::PgInterval, "'1 month 2 days'", "'1 day'";
        range: [Int4range] "int4range", Range<i32>, "'[1,5)'", "'[1,)'";
        lsn: [PgLsn] "pg_lsn", diesel::data_types::PgLsn, "'0/1'", "'0/2'";
    }
}
