//! Columns of MySQL and MariaDB whose values are compared after a plain transaction, which has stored what was sent.

use std::io::Write as _;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::mysql::{Mysql, MysqlValue};
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Json;
use occ_runtime::OptimisticLock;

use super::cell::{batch, begin, connect, delete_tracked, rebase, reload_tracked, rollback, save_tracked};
use super::decimals::Amount;
use crate::scenarios::article::{create_table, load};
use crate::scenarios::tracked_columns::each_column_goes_on;

/// A document, without the spaces that are between its parts, as `serde_json` writes what it has read.
#[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Json)]
struct Document(String);

impl ToSql<Json, Mysql> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Json, Mysql> for Document {
    fn from_sql(value: MysqlValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(String::from_utf8(value.as_bytes().to_vec())?.replace(' ', "")))
    }
}

diesel::table! {
    use diesel::sql_types::*;

    measures (id) {
        id -> Integer,
        title -> Text,
        flag -> Nullable<Bool>,
        amount -> Nullable<Numeric>,
        document -> Nullable<Json>,
        single -> Nullable<Float>,
        double -> Nullable<Double>,
        moment -> Nullable<Datetime>,
        instant -> Nullable<Timestamp>,
        day -> Nullable<Date>,
        hour -> Nullable<Time>,
        fixed -> Nullable<Text>,
        bytes -> Nullable<Binary>,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Measure {
    id: i32,
    title: String,
    flag: Option<bool>,
    amount: Option<Amount>,
    document: Option<Document>,
    single: Option<f32>,
    double: Option<f64>,
    moment: Option<NaiveDateTime>,
    instant: Option<NaiveDateTime>,
    day: Option<NaiveDate>,
    hour: Option<NaiveTime>,
    fixed: Option<String>,
    bytes: Option<Vec<u8>>,
    version: i32,
}

super::scenarios! {
    async fn whatever_is_in_a_column_a_tracked_row_goes_on_after_a_plain_commit(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE measures (id INTEGER PRIMARY KEY, title VARCHAR(50) NOT NULL, flag BOOLEAN, amount DECIMAL(20, 4),
                 document JSON, single FLOAT, `double` DOUBLE, moment DATETIME(6), instant TIMESTAMP NULL, day DATE, hour TIME,
                 fixed CHAR(10), bytes BINARY(4), version INTEGER NOT NULL)",
            conn,
        )
        .await
        .unwrap();
        each_column_goes_on!(measures, Measure, conn, [
            ("flag", "TRUE"),
            ("flag", "FALSE"),
            ("flag", "NULL"),
            ("amount", "0.00"),
            ("amount", "1234567890123456.7891"),
            ("document", "'{\"a\":  1, \"b\": [1, 2.0]}'"),
            ("document", "'[ ]'"),
            ("single", "0.1"),
            ("single", "0.5"),
            ("`double`", "0.1"),
            ("moment", "now(6)"),
            ("instant", "now()"),
            ("day", "now()"),
            ("hour", "'03:04:05'"),
            ("fixed", "'abc'"),
            ("bytes", "x'00ff'"),
        ]);
    }

    async fn a_text_in_another_case_does_not_stand_for_one_that_was_rolled_back(database) {
        create_table(database).await;
        let (conn, other) = (&mut connect(database).await, &mut connect(database).await);
        let mut mine = load(1, conn).await;
        let mut theirs = load(1, other).await;
        begin(conn).await.unwrap();
        mine.title = "IRON".into();
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
        theirs.title = "iron".into();
        save_tracked(&mut theirs, other).await.unwrap();
        // Both are at version 2, and the server takes the two titles for equal.
        let before = mine.clone();
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
        assert!(delete_tracked(&mine, conn).await.unwrap_err().is_stale());
        assert!(rebase(&mut mine, conn).await.unwrap_err().is_stale());
        mine.body = "Mine.".into();
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
        assert_eq!((mine.title.as_str(), mine.original(), mine.version), ("IRON", before.original(), 2));
        assert_eq!(load(1, conn).await, theirs);
        reload_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(mine.title, "iron");
        mine.title = "IRON".into();
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(load(1, conn).await, mine);
    }
}
