//! NaN, which only PostgreSQL stores: it is equal to nothing, and yet it can stay what it was.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Double;
use occ_runtime::{Error, OptimisticLock, Tracked};

use super::cell::{Conn, batch, connect, first, rebase, record, save_tracked};

#[derive(Clone, Copy, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Double)]
struct Celsius(f64);

impl diesel::serialize::ToSql<Double, diesel::pg::Pg> for Celsius {
    fn to_sql<'b>(
        &'b self,
        out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
    ) -> diesel::serialize::Result {
        diesel::serialize::ToSql::<Double, diesel::pg::Pg>::to_sql(&self.0, out)
    }
}

impl diesel::deserialize::FromSql<Double, diesel::pg::Pg> for Celsius {
    fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
        diesel::deserialize::FromSql::<Double, diesel::pg::Pg>::from_sql(value).map(Self)
    }
}

diesel::table! {
    readings (id) {
        id -> Integer,
        value -> Double,
        single -> Nullable<Float>,
        series -> Array<Double>,
        outside -> Double,
        note -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = readings)]
#[occ(tracked)]
struct Reading {
    id: i32,
    value: f64,
    single: Option<f32>,
    series: Vec<f64>,
    outside: Celsius,
    note: String,
    version: i32,
}

async fn load(conn: &mut Conn) -> Tracked<Reading> {
    first(readings::table.find(1).select(Tracked::<Reading>::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn a_nan_that_stays_is_not_written_and_can_be_merged(database) {
        let conn = &mut connect(database).await;
        batch("CREATE TABLE readings (id INTEGER PRIMARY KEY, value DOUBLE PRECISION NOT NULL, single REAL, series DOUBLE PRECISION[] NOT NULL, \
                 outside DOUBLE PRECISION NOT NULL, note TEXT NOT NULL, version INTEGER NOT NULL);
               INSERT INTO readings VALUES (1, 'NaN', 'NaN', '{NaN,1}', 'NaN', 'broken', 1)", conn).await.unwrap();
        let (mut mine, mut theirs) = (load(conn).await, load(conn).await);
        assert_eq!(mine.dirty_fields(), [""; 0]);
        let recorder = record(conn);
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take(), [""; 0]);
        theirs.note = "repaired".into();
        save_tracked(&mut theirs, conn).await.unwrap();
        mine.series[1] = 2.0;
        assert_eq!(mine.dirty_fields(), ["series"]);
        assert!(matches!(save_tracked(&mut mine, conn).await, Err(Error::Stale(_))));
        rebase(&mut mine, conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        let row = load(conn).await;
        assert_eq!((row.note.as_str(), row.series[1]), ("repaired", 2.0));
        assert!(row.value.is_nan() && row.series[0].is_nan() && row.outside.0.is_nan());
        mine.value = 20.5;
        mine.single = None;
        assert_eq!(mine.dirty_fields(), ["value", "single"]);
    }
}
