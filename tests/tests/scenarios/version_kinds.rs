//! Versions that are no plain counters, on every backend.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use occ_runtime::{
    Timestamp, UuidV4, UuidV7, VersionTrigger,
    version::{Clock, Micros, Millis, Seconds},
};

/// Everything a kind of version has to hold up under, for one pairing of generator, field and column.
///
/// `$ddl` is the column's type on SQLite, PostgreSQL and MySQL.
macro_rules! version_kinds {
    ($($test:ident: $generator:ty, $rust:ty, $sql:ident, [$sqlite:literal, $postgres:literal, $mysql:literal];)*) => {$(
        mod $test {
            use diesel::prelude::*;

            #[allow(unused_imports, reason = "not every kind needs them all")]
            use super::*;

            diesel::table! {
                use diesel::sql_types::*;
                rows (id) { id -> Integer, name -> Text, version -> $sql }
            }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
            #[diesel(table_name = rows)]
            pub struct Row {
                pub id: i32,
                pub name: String,
                #[occ(version, generator = $generator)]
                pub version: $rust,
            }

            crate::scenarios::scenarios! {
                async fn it_guards_saves_and_deletes_and_is_read_back_as_it_was_written(database) {
                    use crate::cell::{
                        BACKEND, KNOWN_AS, all, batch, connect, delete, delete_all, execute, first, record, revision, save, save_all, save_with,
                        verify, with_children,
                    };
                    use occ_tests::cell::Backend;
                    use occ_runtime::VersionGenerator;

                    let conn = &mut connect(database).await;
                    let column = match BACKEND {
                        Backend::Sqlite => $sqlite,
                        Backend::Postgres => $postgres,
                        Backend::Mysql => $mysql,
                    };
                    let ddl = format!(
                        "CREATE TABLE rows (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, version {column} NOT NULL)"
                    ).replace("rows", if BACKEND == Backend::Mysql { "`rows`" } else { "rows" });
                    batch(&ddl, conn).await.unwrap();
                    let initial = <$generator as VersionGenerator<$rust>>::initial();
                    let insert = diesel::insert_into(rows::table)
                        .values((rows::id.eq(1), rows::name.eq("new"), rows::version.eq(initial.clone())));
                    execute(insert, conn).await.unwrap();
                    let query = || rows::table.find(1).select(Row::as_select());

                    let mut row: Row = first(query(), conn).await.unwrap();
                    assert_eq!(row.version, initial, "what was inserted is what is read");
                    let mut old = row.clone();
                    let history = occ_runtime::HistoryTrigger::new("rows", ["id"], "version", ["name"]);
                    crate::scenarios::trigger_sql::make(&history, conn).await;
                    let mut was = vec![row.clone()];
                    let mut versions = vec![row.version.clone()];
                    for name in ["first", "second"] {
                        row.name = name.into();
                        crate::scenarios::trigger_sql::make(&crate::scenarios::version_kinds::strict(stringify!($generator), stringify!($sql)), conn).await;
                        save(&mut row, conn).await.unwrap();
                        assert_eq!(first::<_, Row>(query(), conn).await.unwrap(), row, "memory equals the row");
                        verify(&row, conn).await.unwrap();
                        assert!(!versions.contains(&row.version), "a version never repeats");
                        versions.push(row.version.clone());
                        was.push(row.clone());
                    }
                    for row in &was {
                        assert_eq!(revision(1, row.version.clone(), conn).await.unwrap().as_ref(), Some(row), "each is kept");
                    }
                    for goes_well in [false, true] {
                        let end = async |_: &mut crate::cell::Conn| {
                            if goes_well { Ok(()) } else { Err(occ_runtime::Error::from(diesel::result::Error::RollbackTransaction)) }
                        };
                        let before = row.clone();
                        assert_eq!(with_children(&mut row, conn, end).await.is_ok(), goes_well);
                        assert_eq!(first::<_, Row>(query(), conn).await.unwrap(), row, "memory equals the row");
                        assert_eq!((row == before, versions.contains(&row.version)), (!goes_well, !goes_well));
                    }
                    versions.push(row.version.clone());
                    let (mut behind, told) = (old.clone(), std::sync::atomic::AtomicU32::new(0));
                    let report = |_: &occ_runtime::StaleObjectError| {
                        told.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    };
                    save_with(&mut behind, occ_runtime::OnStale::Report(&report), conn).await.unwrap();
                    assert_eq!((told.into_inner(), &first::<_, Row>(query(), conn).await.unwrap()), (1, &behind));
                    assert!(!versions.contains(&behind.version), "a version never repeats");
                    assert!(save(&mut row, conn).await.unwrap_err().is_stale());
                    row = behind;
                    let before = old.clone();
                    assert!(save(&mut old, conn).await.unwrap_err().is_stale());
                    assert!(delete(&old, conn).await.unwrap_err().is_stale());
                    assert_eq!(old, before);
                    assert_eq!(first::<_, Row>(query(), conn).await.unwrap(), row);
                    delete(&row, conn).await.unwrap();

                    for id in 1..=5 {
                        let insert = diesel::insert_into(rows::table)
                            .values((rows::id.eq(id), rows::name.eq("new"), rows::version.eq(initial.clone())));
                        execute(insert, conn).await.unwrap();
                    }
                    let query = || rows::table.order(rows::id).select(Row::as_select());
                    let mut all_rows: Vec<Row> = all(query(), conn).await.unwrap();
                    for row in &mut all_rows {
                        row.name = "changed".into();
                    }
                    let mut old = all_rows.clone();
                    let recorder = record(conn);
                    save_all(&mut all_rows, conn).await.unwrap();
                    save_all(&mut all_rows, conn).await.unwrap();
                    let updates = recorder.take().iter().filter(|sql| sql.starts_with("UPDATE")).count();
                    assert_eq!(updates, if KNOWN_AS == Backend::Sqlite { 10 } else { 2 });
                    assert_eq!(all::<_, Row>(query(), conn).await.unwrap(), all_rows);
                    assert!(save_all(&mut old, conn).await.unwrap_err().is_stale());
                    assert!(delete_all(&old, conn).await.unwrap_err().is_stale());
                    assert_eq!(all::<_, Row>(query(), conn).await.unwrap(), all_rows);
                    delete_all(&all_rows, conn).await.unwrap();
                    assert_eq!(all::<_, Row>(query(), conn).await.unwrap(), []);
                }
            }
        }
    )*};
}
#[allow(unused_imports, reason = "only PostgreSQL has more kinds")]
pub(crate) use version_kinds;

/// The trigger that refuses whatever does not move such a version.
pub(crate) fn strict(generator: &str, column: &str) -> VersionTrigger {
    match column {
        _ if generator.starts_with("Uuid") => VersionTrigger::unordered("rows", "version"),
        "BigInt" => VersionTrigger::counter("rows", "version").strict(),
        _ => VersionTrigger::timestamp("rows", "version").strict(),
    }
}

/// Tells nanoseconds, which no column here stores.
pub struct Nanoseconds;

impl Clock for Nanoseconds {
    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_789)
    }
}

version_kinds! {
    random_uuids_as_text: UuidV4, String, Text, ["TEXT", "TEXT", "VARCHAR(36)"];
    random_uuids_as_fixed_text: UuidV4, String, Text, ["CHAR(36)", "CHAR(36)", "CHAR(36)"];
    random_uuids_as_bytes: UuidV4, Vec<u8>, Binary, ["BLOB", "BYTEA", "BINARY(16)"];
    timed_uuids_as_text: UuidV7, String, Text, ["TEXT", "TEXT", "VARCHAR(36)"];
    timed_uuids_as_bytes: UuidV7, Vec<u8>, Binary, ["BLOB", "BYTEA", "VARBINARY(16)"];
    chrono_in_microseconds: Timestamp, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP", "DATETIME(6)"];
    chrono_in_milliseconds: Timestamp<Millis>, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP(3)", "DATETIME(3)"];
    chrono_in_seconds: Timestamp<Seconds>, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP(0)", "DATETIME"];
    chrono_cut_to_microseconds: Timestamp<Micros, Nanoseconds>, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP", "DATETIME(6)"];
    chrono_cut_to_milliseconds: Timestamp<Millis, Nanoseconds>, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP(3)", "DATETIME(3)"];
    chrono_cut_to_seconds: Timestamp<Seconds, Nanoseconds>, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP(0)", "DATETIME"];
    time_in_microseconds: Timestamp, time::PrimitiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP", "DATETIME(6)"];
    time_cut_to_microseconds: Timestamp<Micros, Nanoseconds>, time::PrimitiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP", "DATETIME(6)"];
    time_in_seconds: Timestamp<Seconds>, time::PrimitiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP(0)", "DATETIME"];
    microseconds_as_a_number: Timestamp<Micros>, i64, BigInt, ["BIGINT", "BIGINT", "BIGINT"];
    milliseconds_as_a_number: Timestamp<Millis, Nanoseconds>, i64, BigInt, ["BIGINT", "BIGINT", "BIGINT"];
}

/// Stands still.
pub struct Frozen;

impl Clock for Frozen {
    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }
}

mod frozen {
    use diesel::prelude::*;

    diesel::table! { frozen (id) { id -> Integer, version -> Timestamp } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
    #[diesel(table_name = frozen)]
    pub struct Row {
        pub id: i32,
        #[occ(version, generator = super::Timestamp<super::Micros, super::Frozen>)]
        pub version: chrono::NaiveDateTime,
    }
}

mod reused {
    use diesel::prelude::*;

    diesel::table! { reused (id) { id -> Integer, version -> Text } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
    #[diesel(table_name = reused)]
    pub struct Row {
        pub id: i32,
        #[occ(version, generator = super::UuidV4)]
        pub version: String,
    }
}

super::scenarios! {
    async fn ten_thousand_saves_on_a_frozen_clock_have_versions_that_grow(database) {
        use crate::cell::{batch, connect, execute, save};
        use diesel::prelude::*;
        use frozen::{Row, frozen::dsl};
        use occ_runtime::VersionGenerator as _;

        let conn = &mut connect(database).await;
        let column = if crate::cell::BACKEND == occ_tests::cell::Backend::Mysql { "DATETIME(6)" } else { "TIMESTAMP" };
        batch(&format!("CREATE TABLE frozen (id INTEGER PRIMARY KEY, version {column} NOT NULL)"), conn).await.unwrap();
        let mut row = Row { id: 1, version: Timestamp::<Micros, Frozen>::initial() };
        execute(diesel::insert_into(dsl::frozen).values((dsl::id.eq(1), dsl::version.eq(row.version))), conn)
            .await
            .unwrap();
        batch("BEGIN", conn).await.unwrap();
        for _ in 0..10_000 {
            let before = row.version;
            save(&mut row, conn).await.unwrap();
            assert!(row.version > before);
        }
        batch("COMMIT", conn).await.unwrap();
        let stored: Row = crate::cell::first(dsl::frozen.select(Row::as_select()), conn).await.unwrap();
        assert_eq!(stored, row);
    }

    async fn a_uuid_tells_a_row_from_the_one_deleted_before_it_and_a_counter_does_not(database) {
        use crate::cell::{batch, connect, delete, execute, first, save};
        use diesel::prelude::*;
        use occ_runtime::VersionGenerator;
        use reused::{Row, reused::dsl};

        let conn = &mut connect(database).await;
        batch("CREATE TABLE reused (id INTEGER PRIMARY KEY, version VARCHAR(36) NOT NULL)", conn).await.unwrap();
        for round in 0..2 {
            let version: String = UuidV4::initial();
            execute(diesel::insert_into(dsl::reused).values((dsl::id.eq(1), dsl::version.eq(&version))), conn)
                .await
                .unwrap();
            let mut old: Row = first(dsl::reused.select(Row::as_select()), conn).await.unwrap();
            if round == 0 {
                delete(&old, conn).await.unwrap();
                let version: String = UuidV4::initial();
                execute(diesel::insert_into(dsl::reused).values((dsl::id.eq(1), dsl::version.eq(&version))), conn)
                    .await
                    .unwrap();
                assert!(save(&mut old, conn).await.unwrap_err().is_stale());
                batch("DELETE FROM reused", conn).await.unwrap();
            }
        }

        // The counter starts anew, and so takes the old value for the new one.
        let mut old = super::product::load(1, conn).await;
        batch("DELETE FROM products WHERE id = 1; INSERT INTO products VALUES (1, 'new', NULL, 0, 1)", conn)
            .await
            .unwrap();
        save(&mut old, conn).await.unwrap();
    }
}
