//! Points in time as versions: SQLite stores them as text, and one instant has many texts.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, VersionTrigger};

use super::cell::{
    all, batch, begin, commit, connect, delete, delete_all, first, rollback, save, save_all, verify,
};

/// The ways in which others write an instant: SQL that makes of `@`, a text with milliseconds and no offset, what they write.
const WAYS: &[&str] = &[
    // `strftime('%Y-%m-%d %H:%M:%f')`
    "@",
    // `CURRENT_TIMESTAMP`, with as few digits as there are
    "rtrim(rtrim(@, '0'), '.')",
    // PostgreSQL's and Python's six digits
    "@ || '000'",
    // with what says UTC
    "@ || '+00:00'",
    "@ || 'Z'",
    "@ || '000+00:00'",
    "rtrim(rtrim(@, '0'), '.') || '+00:00'",
    // ISO 8601
    "replace(@, ' ', 'T')",
    "replace(@, ' ', 'T') || 'Z'",
    "replace(@, ' ', 'T') || '000000'",
    "replace(@, ' ', 'T') || '+00:00'",
];

/// A thousand instants, a millisecond apart, each written in the next one of the ways.
fn fill() -> String {
    let ways: Vec<_> =
        (0..).zip(WAYS).map(|(n, way)| format!("WHEN {n} THEN {}", way.replace('@', "at"))).collect();
    format!(
        "CREATE TABLE stamped (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TIMESTAMP NOT NULL);
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999),
             instants (i, at) AS (
                 SELECT i, strftime('%Y-%m-%d %H:%M:%f', '2099-12-31 23:59:59.500', '+' || (i / 1000.0) || ' seconds') FROM n
             )
         INSERT INTO stamped SELECT i, 'a', CASE i % {} {} END FROM instants",
        WAYS.len(),
        ways.join(" ")
    )
}

macro_rules! instants {
    ($($test:ident: $rust:ty, $sql:ident;)*) => {$(
        mod $test {
            use super::*;

            diesel::table! {
                use diesel::sql_types::*;
                stamped (id) { id -> Integer, name -> Text, version -> $sql }
            }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
            #[diesel(table_name = stamped)]
            struct Row {
                id: i32,
                name: String,
                version: $rust,
            }

            crate::scenarios::scenarios! {
                async fn a_thousand_instants_made_by_the_trigger_are_saved_and_stale_when_they_should_be(database) {
                    let conn = &mut connect(database).await;
                    batch(&fill(), conn).await.unwrap();
                    batch(&VersionTrigger::timestamp("stamped", "version").sqlite(), conn).await.unwrap();
                    let query = || stamped::table.order(stamped::id).select(Row::as_select());
                    let before: Vec<Row> = all(query(), conn).await.unwrap();
                    batch("UPDATE stamped SET name = 'b'", conn).await.unwrap();
                    let made: Vec<Row> = all(query(), conn).await.unwrap();
                    begin(conn).await.unwrap();
                    for (mut old, mut row) in before.into_iter().zip(made) {
                        assert!(row.version > old.version, "{:?} after {:?}", row.version, old.version);
                        let mut copy = row.clone();
                        assert!(save(&mut old, conn).await.unwrap_err().is_stale(), "{old:?}");
                        save(&mut row, conn).await.unwrap();
                        assert!(row.version > copy.version);
                        let error = save(&mut copy, conn).await.unwrap_err();
                        assert!(matches!(&error, Error::Stale(stale) if !stale.is_from_old_snapshot()), "{error}");
                    }
                    commit(conn).await.unwrap();
                }

                async fn a_thousand_instants_written_by_others_are_saved_and_stale_when_they_should_be(database) {
                    let conn = &mut connect(database).await;
                    batch(&fill(), conn).await.unwrap();
                    let query = || stamped::table.order(stamped::id).select(Row::as_select());
                    let rows: Vec<Row> = all(query(), conn).await.unwrap();
                    begin(conn).await.unwrap();
                    for pair in rows.windows(2) {
                        // A neighbour's version is a millisecond away, and never this row's.
                        let mut neighbours = Row { version: pair[1].version, ..pair[0].clone() };
                        assert!(save(&mut neighbours, conn).await.unwrap_err().is_stale(), "{pair:?}");
                    }
                    for mut row in rows.clone() {
                        let of = usize::try_from(row.id).unwrap() % WAYS.len();
                        save(&mut row, conn).await.unwrap_or_else(|error| panic!("{}: {error}", WAYS[of]));
                    }
                    for mut old in rows.clone() {
                        assert!(save(&mut old, conn).await.unwrap_err().is_stale(), "{old:?}");
                    }
                    rollback(conn).await.unwrap();
                    begin(conn).await.unwrap();
                    let mut together = rows.clone();
                    save_all(&mut together, conn).await.unwrap();
                    verify(&together[0], conn).await.unwrap();
                    assert!(delete(&rows[0], conn).await.unwrap_err().is_stale());
                    rollback(conn).await.unwrap();
                    delete_all(&rows, conn).await.unwrap();
                }

                async fn the_databases_own_time_is_a_version(database) {
                    let conn = &mut connect(database).await;
                    batch(
                        "CREATE TABLE stamped (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
                                               version TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
                         INSERT INTO stamped (id, name) VALUES (1, 'a');
                         INSERT INTO stamped VALUES (2, 'a', strftime('%Y-%m-%d %H:%M:%f', 'now'));
                         INSERT INTO stamped VALUES (3, 'a', datetime());
                         INSERT INTO stamped VALUES (4, 'a', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
                         INSERT INTO stamped VALUES (5, 'a', strftime('%Y-%m-%d %H:%M', 'now'))",
                        conn,
                    )
                    .await
                    .unwrap();
                    for id in 1..=5 {
                        let mut row: Row = first(stamped::table.find(id).select(Row::as_select()), conn).await.unwrap();
                        let mut old = row.clone();
                        save(&mut row, conn).await.unwrap();
                        assert!(save(&mut old, conn).await.unwrap_err().is_stale());
                        assert_eq!(first::<_, Row>(stamped::table.find(id).select(Row::as_select()), conn).await.unwrap(), row);
                    }
                }
            }
        }
    )*};
}

instants! {
    chrono_without_zone: chrono::NaiveDateTime, Timestamp;
    chrono_with_zone: chrono::DateTime<chrono::Utc>, TimestamptzSqlite;
    time_without_offset: time::PrimitiveDateTime, Timestamp;
    time_with_offset: time::OffsetDateTime, TimestamptzSqlite;
}

mod of_ones_own {
    use diesel::deserialize::{self, FromSql, FromSqlRow};
    use diesel::expression::AsExpression;
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::Timestamp;
    use diesel::sqlite::{Sqlite, SqliteValue};

    use super::*;

    /// Milliseconds since 1970, as text in a column that is called a timestamp.
    #[derive(Clone, Copy, Debug, PartialEq, AsExpression, FromSqlRow)]
    #[diesel(sql_type = Timestamp)]
    struct Millis(i64);

    impl ToSql<Timestamp, Sqlite> for Millis {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.0.to_string());
            Ok(IsNull::No)
        }
    }

    impl FromSql<Timestamp, Sqlite> for Millis {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            Ok(Self(<String as FromSql<Timestamp, Sqlite>>::from_sql(value)?.parse()?))
        }
    }

    impl occ_runtime::version::Counter for Millis {
        const FIRST: Self = Self(1);

        fn successor(&self) -> Option<Self> {
            self.0.checked_add(1).map(Self)
        }
    }

    diesel::table! { stamped (id) { id -> Integer, version -> Timestamp } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = stamped)]
    struct Row {
        id: i32,
        version: Millis,
    }

    crate::scenarios::scenarios! {
        async fn numbers_that_differ_in_their_zeros_are_different_versions(database) {
            let conn = &mut connect(database).await;
            batch("CREATE TABLE stamped (id INTEGER PRIMARY KEY, version TEXT NOT NULL)", conn).await.unwrap();
            batch("INSERT INTO stamped VALUES (1, '1700000000000')", conn).await.unwrap();
            let mut row: Row = first(stamped::table.select(Row::as_select()), conn).await.unwrap();
            let mut other = Row { id: 1, version: Millis(17) };
            let error = save(&mut other, conn).await.unwrap_err();
            assert!(error.is_stale(), "{error}");
            save(&mut row, conn).await.unwrap();
            assert_eq!(row.version, Millis(1_700_000_000_001));
        }
    }
}
