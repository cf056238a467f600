//! Columns of types that PostgreSQL alone has, saved alone and together.

use std::io::Write as _;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use occ_runtime::OptimisticLock;

use super::cell::{all, batch, connect, delete_all, record, save, save_all};

#[derive(diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(name = "mood"))]
pub struct MoodType;

impl occ_runtime::bound::ExactEquality for MoodType {}

#[derive(Clone, Copy, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = MoodType)]
pub enum Mood {
    Good,
    Bad,
}

impl ToSql<MoodType, Pg> for Mood {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(if *self == Self::Good { b"good" } else { b"bad" })?;
        Ok(IsNull::No)
    }
}

impl FromSql<MoodType, Pg> for Mood {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(if value.as_bytes() == b"good" { Self::Good } else { Self::Bad })
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::MoodType;

    rows (id) {
        id -> Uuid,
        counts -> Array<Integer>,
        words -> Nullable<Array<Nullable<Text>>>,
        mood -> Nullable<MoodType>,
        version -> SmallInt,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, OptimisticLock)]
#[diesel(table_name = rows)]
struct Row {
    id: uuid::Uuid,
    counts: Vec<i32>,
    words: Option<Vec<Option<String>>>,
    mood: Option<Mood>,
    version: i16,
}

super::scenarios! {
    async fn arrays_and_enums_are_saved_alone_and_together(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TYPE mood AS ENUM ('good', 'bad');
             CREATE TABLE rows (id UUID PRIMARY KEY, counts INTEGER[] NOT NULL, words TEXT[], mood mood,
                                       version SMALLINT NOT NULL)",
            conn,
        ).await.unwrap();
        let mut rows: Vec<_> = (1..=9).map(|id| {
            Row { id: uuid::Uuid::from_u128(id), counts: vec![], words: None, mood: None, version: 1 }
        }).collect();
        super::cell::execute(diesel::insert_into(rows::table).values(rows.clone()), conn).await.unwrap();
        for (count, row) in (0..).zip(&mut rows) {
            row.counts = (0..count).collect();
            row.words = (count % 3 != 0).then(|| vec![None, Some("a, \"b\"".into()), Some(String::new())]);
            row.mood = (count % 4 != 0).then_some(if count % 2 == 0 { Mood::Good } else { Mood::Bad });
        }
        let stored = || rows::table.order(rows::id).select(Row::as_select());
        let recorder = record(conn);
        save_all(&mut rows, conn).await.unwrap();
        assert_eq!(recorder.take().iter().filter(|statement| statement.starts_with("UPDATE")).count(), 1);
        assert_eq!(all::<_, Row>(stored(), conn).await.unwrap(), rows);
        rows[0].mood = Some(Mood::Good);
        save(&mut rows[0], conn).await.unwrap();
        assert_eq!(all::<_, Row>(stored(), conn).await.unwrap(), rows);
        delete_all(&rows, conn).await.unwrap();
        assert_eq!(all::<_, Row>(stored(), conn).await.unwrap(), []);
    }
}
