//! Whatever a row holds, a batch writes it as a single save does.

use diesel::prelude::*;
use occ_runtime::{OptimisticLock, UuidV7};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, KNOWN_AS, all, batch, connect, delete_all, record, save, save_all};

diesel::table! {
    kinds (id) {
        id -> BigInt,
        flag -> Bool,
        small -> SmallInt,
        big -> Nullable<BigInt>,
        single -> Float,
        double -> Nullable<Double>,
        text -> Text,
        note -> Nullable<Text>,
        bytes -> Nullable<Binary>,
        day -> Nullable<Date>,
        hour -> Nullable<Time>,
        moment -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, OptimisticLock)]
#[diesel(table_name = kinds)]
struct Kinds {
    id: i64,
    flag: bool,
    small: i16,
    big: Option<i64>,
    single: f32,
    double: Option<f64>,
    text: String,
    note: Option<String>,
    bytes: Option<Vec<u8>>,
    day: Option<chrono::NaiveDate>,
    hour: Option<chrono::NaiveTime>,
    moment: Option<chrono::NaiveDateTime>,
    version: i64,
}

impl Kinds {
    /// Values at the limits of their types. Each kind is now NULL and now not, now short and now long.
    fn new(id: i64, version: i64) -> Self {
        let some = |every| id % every != 0;
        let day =
            chrono::NaiveDate::from_ymd_opt(2026, 2, 28).unwrap() + chrono::Days::new(id.unsigned_abs());
        let hour =
            chrono::NaiveTime::from_hms_micro_opt(23, 59, 59, if some(2) { 0 } else { 123_456 }).unwrap();
        Self {
            id,
            flag: some(2),
            small: if some(2) { i16::MAX } else { i16::MIN },
            big: some(3).then_some(if some(2) { i64::MAX } else { i64::MIN }),
            single: if some(2) { 0.1 } else { 16_777_216.0 },
            double: some(3).then_some(if some(2) { 0.1 } else { 1e300 / 3.0 }),
            text: "é😀'\\\"%_".repeat(usize::try_from(id).unwrap()),
            note: some(4).then(|| "n".repeat(if some(3) { 1 } else { 60_000 })),
            bytes: some(5).then(|| (0..=255).cycle().take(if some(2) { 3 } else { 50_000 }).collect()),
            day: some(4).then_some(day),
            hour: some(3).then_some(hour),
            moment: some(5).then_some(day.and_time(hour)),
            version,
        }
    }
}

async fn create_kinds(conn: &mut Conn) {
    let (bytes, moment, hour, double, text) = match BACKEND {
        Backend::Sqlite => ("BLOB", "TIMESTAMP", "TIME", "DOUBLE", "TEXT"),
        Backend::Postgres => ("BYTEA", "TIMESTAMP", "TIME", "DOUBLE PRECISION", "TEXT"),
        Backend::Mysql => ("BLOB", "DATETIME(6)", "TIME(6)", "DOUBLE", "TEXT"),
    };
    let single = if BACKEND == Backend::Postgres { "REAL" } else { "FLOAT" };
    batch(
        &format!(
            "CREATE TABLE kinds (id BIGINT PRIMARY KEY, flag BOOLEAN NOT NULL, small SMALLINT NOT NULL, big BIGINT,
                                 single {single} NOT NULL, `double` {double}, text {text} NOT NULL, note {text},
                                 bytes {bytes}, `day` DATE, `hour` {hour}, moment {moment}, version BIGINT NOT NULL)"
        )
        .replace('`', if BACKEND == Backend::Postgres { "\"" } else { "`" }),
        conn,
    )
    .await
    .unwrap();
}

async fn load_kinds(conn: &mut Conn) -> Vec<Kinds> {
    all(kinds::table.order(kinds::id).select(Kinds::as_select()), conn).await.unwrap()
}

diesel::table! {
    stocks (shop, article) { shop -> Integer, article -> Text, amount -> Nullable<Integer>, version -> Text }
}

/// A key of two columns, one of them text, and a version that is text too.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
struct Stock {
    shop: i32,
    article: String,
    #[diesel(serialize_as = Cents)]
    amount: i32,
    #[occ(version, generator = UuidV7)]
    version: String,
}

/// Stored in hundredths.
#[derive(Debug, diesel::expression::AsExpression)]
#[diesel(sql_type = diesel::sql_types::Integer)]
struct Cents(i32);

impl From<i32> for Cents {
    fn from(whole: i32) -> Self {
        Self(whole * 100)
    }
}

impl<DB> diesel::serialize::ToSql<diesel::sql_types::Integer, DB> for Cents
where
    DB: diesel::backend::Backend,
    i32: diesel::serialize::ToSql<diesel::sql_types::Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        diesel::serialize::ToSql::<diesel::sql_types::Integer, DB>::to_sql(&self.0, out)
    }
}

/// Leaves `note` alone where it is `None`, so that its rows do not all write the same columns.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = kinds, treat_none_as_null = false)]
struct Patch {
    id: i64,
    note: Option<String>,
    version: i64,
}

super::scenarios! {
    async fn a_batch_writes_every_kind_of_value_as_it_is(database) {
        let conn = &mut connect(database).await;
        create_kinds(conn).await;
        for id in 1..=130 {
            // Far from what is written later.
            let empty = Kinds { flag: id % 2 == 0, small: 0, big: None, single: 0.0, double: None, text: String::new(), note: None,
                                bytes: None, day: None, hour: None, moment: None, ..Kinds::new(id, id) };
            super::cell::execute(diesel::insert_into(kinds::table).values(empty), conn).await.unwrap();
        }
        let mut rows: Vec<_> = (1..=130).map(|id| Kinds::new(id, id)).collect();
        let recorder = record(conn);
        save_all(&mut rows, conn).await.unwrap();
        let updates = recorder.take().iter().filter(|statement| statement.starts_with("UPDATE")).count();
        assert_eq!(updates, 130_usize.div_ceil(super::batch::MOST));
        assert_eq!(load_kinds(conn).await, rows);
        // Now what was NULL is not, and the other way round.
        for row in &mut rows {
            *row = Kinds { id: row.id, ..Kinds::new(131 - row.id, row.version) };
        }
        save_all(&mut rows, conn).await.unwrap();
        let together = load_kinds(conn).await;
        assert_eq!(together, rows);
        save(&mut rows[59], conn).await.unwrap();
        assert_eq!(Kinds { version: 61, ..load_kinds(conn).await.swap_remove(59) }, Kinds { version: 61, ..together[59].clone() });
        delete_all(&rows, conn).await.unwrap();
        assert_eq!(load_kinds(conn).await, []);
    }

    async fn rows_are_matched_by_the_whole_key_and_text_versions_guard_them(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE stocks (shop INTEGER NOT NULL, article VARCHAR(50) NOT NULL, amount INTEGER,
                                  version VARCHAR(36) NOT NULL, PRIMARY KEY (shop, article));
             INSERT INTO stocks VALUES (1, 'blue', 1, 'a'), (1, 'red', 2, 'b'), (2, 'blue', 3, 'c'), (2, 'red', 4, 'd');",
            conn,
        ).await.unwrap();
        let query = || stocks::table.order((stocks::shop, stocks::article))
            .select((stocks::shop, stocks::article, stocks::amount, stocks::version));
        let stock = |shop, article: &str, amount, version: &str| {
            Stock { shop, article: article.into(), amount, version: version.into() }
        };
        let mut rows = [stock(2, "blue", 30, "c"), stock(1, "red", 20, "b"), stock(1, "blue", 10, "a")];
        let recorder = record(conn);
        save_all(&mut rows, conn).await.unwrap();
        let updates = recorder.take().iter().filter(|statement| statement.starts_with("UPDATE")).count();
        assert_eq!(updates, if KNOWN_AS == Backend::Sqlite { 3 } else { 1 });
        let stored: Vec<(i32, String, Option<i32>, String)> = all(query(), conn).await.unwrap();
        let stored: Vec<_> = stored.iter().map(|row| (row.0, row.1.as_str(), row.2, row.3.as_str())).collect();
        assert_eq!(stored, [
            (1, "blue", Some(1000), rows[2].version.as_str()), (1, "red", Some(2000), &rows[1].version),
            (2, "blue", Some(3000), &rows[0].version), (2, "red", Some(4), "d"),
        ]);
        rows[1].version = "b".into();
        let before = rows.clone();
        let Err(occ_runtime::Error::StaleBatch(stale)) = save_all(&mut rows, conn).await else { panic!("one is stale") };
        assert_eq!(stale.rows().len(), 1);
        assert_eq!((stale.rows()[0].key(), rows), ("(1, \"red\")", before));
    }

    async fn rows_that_leave_different_columns_alone_are_one_batch_all_the_same(database) {
        let conn = &mut connect(database).await;
        create_kinds(conn).await;
        for id in 1..=4 {
            super::cell::execute(diesel::insert_into(kinds::table).values(Kinds::new(id, 1)), conn).await.unwrap();
        }
        let mut patches: Vec<_> = (1..=4)
            .map(|id| Patch { id, note: (id % 2 == 0).then(|| "patched".into()), version: 1 })
            .collect();
        save_all(&mut patches, conn).await.unwrap();
        for (row, patch) in load_kinds(conn).await.into_iter().zip(&patches) {
            let note = if row.id % 2 == 0 { Some("patched".into()) } else { Kinds::new(row.id, 1).note };
            assert_eq!((row.note, row.version, patch.version), (note, 2, 2));
        }
        patches[3].version = 1;
        assert!(delete_all(&patches, conn).await.unwrap_err().is_stale());
        patches[3].version = 2;
        delete_all(&patches, conn).await.unwrap();
        assert_eq!(load_kinds(conn).await, []);
    }
}
