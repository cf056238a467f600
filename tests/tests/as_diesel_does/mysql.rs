//! What MySQL and MariaDB have that others have not, and their own spelling of the rest.

use std::io::Write as _;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::mysql::{Mysql, MysqlValue};
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use occ_runtime::prelude::*;
use serde_json::json;

/// SQL types of the program's own.
mod custom {
    #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(mysql_type(name = "Enum"))]
    pub struct MoodType;

    #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(mysql_type(name = "Set"))]
    pub struct MoodsType;
}

macro_rules! setup {
    () => {
        ""
    };
}
use setup;

#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = custom::MoodType)]
#[diesel(sql_type = custom::MoodsType)]
pub enum Mood {
    Fine,
    Bad,
}

impl ToSql<custom::MoodType, Mysql> for Mood {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
        out.write_all(if *self == Self::Fine { b"fine" } else { b"bad" })?;
        Ok(IsNull::No)
    }
}

impl FromSql<custom::MoodType, Mysql> for Mood {
    fn from_sql(bytes: MysqlValue<'_>) -> deserialize::Result<Self> {
        Ok(if bytes.as_bytes() == b"fine" { Self::Fine } else { Self::Bad })
    }
}

impl ToSql<custom::MoodsType, Mysql> for Mood {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
        ToSql::<custom::MoodType, Mysql>::to_sql(self, out)
    }
}

impl FromSql<custom::MoodsType, Mysql> for Mood {
    fn from_sql(bytes: MysqlValue<'_>) -> deserialize::Result<Self> {
        FromSql::<custom::MoodType, Mysql>::from_sql(bytes)
    }
}

fn day(day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn noon() -> chrono::NaiveDateTime {
    day(25).and_hms_micro_opt(12, 0, 0, 1).unwrap()
}

values! { MysqlConnection;
    tiny: [TinyInt] "TINYINT", i8, "-1" => 7;
    small: [SmallInt] "SMALLINT", i16, "-1" => 7;
    tiny_unsigned: [Unsigned<TinyInt>] "TINYINT UNSIGNED", u8, "1" => u8::MAX;
    small_unsigned: [Unsigned<SmallInt>] "SMALLINT UNSIGNED", u16, "1" => u16::MAX;
    unsigned: [Unsigned<Integer>] "INT UNSIGNED", u32, "1" => u32::MAX;
    big_unsigned: [Unsigned<BigInt>] "BIGINT UNSIGNED", u64, "1" => u64::MAX;
    double: [Double] "DOUBLE", f64, "0.1" => 1e300;
    single: [Float] "FLOAT", f32, "0.5" => 0.25;
    truth: [Bool] "BOOLEAN", bool, "false" => true;
    varchar: [Varchar] "VARCHAR(9)", String, "'a'" => "A".to_owned();
    char: [Char] "CHAR(9)", String, "'a'" => "A".to_owned();
    text_of_bytes: [Text] "TEXT COLLATE utf8mb4_bin", std::borrow::Cow<'static, str>, "'a'" => "A".into();
    bytes: [Blob] "BLOB", Vec<u8>, "x'00ff'" => vec![0, 1];
    few_bytes: [Binary] "BINARY(2)", Vec<u8>, "x'00ff'" => vec![0, 1];
    an_enum: [MoodType] "ENUM('fine', 'bad')", Mood, "'fine'" => Mood::Bad;
    a_set: [MoodsType] "SET('fine', 'bad')", Mood, "'fine'" => Mood::Bad;
    json: [Json] "JSON", serde_json::Value, "'{\"a\":1}'" => json!({"b": [null, "x"]});
    numeric: [Numeric] "DECIMAL(30,2)", bigdecimal::BigDecimal, "1.50" => "12345678901234567890.10".parse().unwrap();
    date: [Date] "DATE", chrono::NaiveDate, "'2026-01-01'" => day(1);
    time_of_day: [Time] "TIME(6)", chrono::NaiveTime, "'01:02:03.000004'" => noon().time();
    datetime: [Datetime] "DATETIME(6)", chrono::NaiveDateTime, "'2026-01-01 00:00:00.000001'" => noon();
    timestamp: [Timestamp] "TIMESTAMP(6)", chrono::NaiveDateTime, "'2026-01-01 00:00:00.000001'" => noon();
    of_crate_time: [Datetime] "DATETIME(6)", time::PrimitiveDateTime, "'2026-01-01 00:00:00'" => time::PrimitiveDateTime::new(time::OffsetDateTime::UNIX_EPOCH.date(), time::Time::MIDNIGHT);
}

mod as_keys {
    use super::*;

    keys! { MysqlConnection;
        tiny: [TinyInt] "TINYINT", i8, "-1", "7";
        tiny_unsigned: [Unsigned<TinyInt>] "TINYINT UNSIGNED", u8, "1", "255";
        unsigned: [Unsigned<Integer>] "INT UNSIGNED", u32, "1", "4294967295";
        big_unsigned: [Unsigned<BigInt>] "BIGINT UNSIGNED", u64, "1", "18446744073709551615";
        varchar: [Varchar] "VARCHAR(9)", String, "'a'", "'b'";
        varchar_of_bytes: [Varchar] "VARCHAR(9) COLLATE utf8mb4_bin", String, "'a'", "'A'";
        char: [Char] "CHAR(9)", String, "'a'", "'b'";
        bytes: [Binary] "VARBINARY(9)", Vec<u8>, "x'00'", "''";
        an_enum: [MoodType] "ENUM('fine', 'bad')", Mood, "'fine'", "'bad'";
        numeric: [Numeric] "DECIMAL(30,2)", bigdecimal::BigDecimal, "1.50", "1.51";
        date: [Date] "DATE", chrono::NaiveDate, "'2026-01-01'", "'2026-01-02'";
        time_of_day: [Time] "TIME(6)", chrono::NaiveTime, "'01:02:03.000004'", "'00:00:00'";
        datetime: [Datetime] "DATETIME(6)", chrono::NaiveDateTime, "'2026-01-01 00:00:00.000001'", "'2026-01-01'";
        truth: [Bool] "BOOLEAN", bool, "true", "false";
    }
}
