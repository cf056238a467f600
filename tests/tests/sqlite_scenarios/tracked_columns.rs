//! Columns of SQLite that hold what is written in another way than Diesel would, and are compared after a plain transaction.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Json, Text};
use diesel::sqlite::Sqlite;
use occ_runtime::OptimisticLock;

use super::cell::{Conn, batch, connect};
use crate::scenarios::tracked_columns::each_column_goes_on;

/// A document, without the spaces that are between its parts, as `serde_json` writes what it has read.
#[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Json)]
struct Document(String);

impl ToSql<Json, Sqlite> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.clone());
        Ok(IsNull::No)
    }
}

impl FromSql<Json, Sqlite> for Document {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(text.replace(' ', "")))
    }
}

diesel::table! {
    use diesel::sql_types::*;

    measures (id) {
        id -> Integer,
        title -> Text,
        moment -> Nullable<Timestamp>,
        instant -> Nullable<TimestamptzSqlite>,
        day -> Nullable<Date>,
        hour -> Nullable<Time>,
        single -> Nullable<Float>,
        double -> Nullable<Double>,
        flag -> Nullable<Bool>,
        bytes -> Nullable<Binary>,
        document -> Nullable<Json>,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Measure {
    id: i32,
    title: String,
    moment: Option<NaiveDateTime>,
    instant: Option<DateTime<Utc>>,
    day: Option<NaiveDate>,
    hour: Option<NaiveTime>,
    single: Option<f32>,
    double: Option<f64>,
    flag: Option<bool>,
    bytes: Option<Vec<u8>>,
    document: Option<Document>,
    version: i32,
}

async fn create_measures(conn: &mut Conn) {
    batch(
        "CREATE TABLE measures (id INTEGER PRIMARY KEY, title TEXT NOT NULL, moment TIMESTAMP, instant TIMESTAMP, day DATE,
             hour TIME, single FLOAT, double REAL, flag BOOLEAN, bytes BLOB, document JSON, version INTEGER NOT NULL)",
        conn,
    )
    .await
    .unwrap();
}

super::scenarios! {
    async fn whatever_is_in_a_column_a_tracked_row_goes_on_after_a_plain_commit(database) {
        let conn = &mut connect(database).await;
        create_measures(conn).await;
        each_column_goes_on!(measures, Measure, conn, [
            ("moment", "CURRENT_TIMESTAMP"),
            ("moment", "'2026-01-02 03:04:05.120000'"),
            ("moment", "'2026-01-02T03:04:05'"),
            ("moment", "NULL"),
            ("instant", "'2026-01-02 03:04:05+00:00'"),
            ("day", "CURRENT_DATE"),
            ("hour", "CURRENT_TIME"),
            ("hour", "'03:04'"),
            ("single", "0.5"),
            ("double", "0.1"),
            ("flag", "TRUE"),
            ("flag", "FALSE"),
            ("bytes", "x'00ff'"),
            ("document", "'{\"a\":  1, \"b\": [1, 2.0]}'"),
            ("document", "'[ ]'"),
        ]);
    }

    async fn an_instant_that_sqlite_has_made_is_found_again_after_a_plain_commit(database) {
        let conn = &mut connect(database).await;
        create_measures(conn).await;
        // Diesel sends it with an offset, which SQLite leaves out.
        each_column_goes_on!(measures, Measure, conn, [
            ("instant", "CURRENT_TIMESTAMP"),
            ("instant", "'2026-01-02 03:04:05'"),
            ("instant", "'2026-01-02T03:04:05Z'"),
        ]);
    }
}
