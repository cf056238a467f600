//! `bump_version` of every generator that has a form in SQL.

use diesel::prelude::*;
use occ_runtime::{
    Timestamp, UuidV4, bump_version,
    version::{Micros, Millis, Seconds},
};
use occ_tests::cell::Backend;

/// `$ddl` is the column's type on SQLite, PostgreSQL and MySQL; `$holds`, of the version before and the one after.
macro_rules! bumps {
    ($($test:ident: $generator:ty, $rust:ty, $sql:ident, [$sqlite:literal, $postgres:literal, $mysql:literal], $holds:expr;)*) => {$(
        mod $test {
            #[allow(unused_imports, reason = "not every kind needs them all")]
            use super::*;

            diesel::table! {
                use diesel::sql_types::*;
                bumped (id) { id -> Integer, name -> Text, version -> $sql }
            }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
            #[diesel(table_name = bumped)]
            pub struct Row {
                pub id: i32,
                pub name: String,
                #[occ(version, generator = $generator)]
                pub version: $rust,
            }

            crate::scenarios::scenarios! {
                async fn each_row_gets_a_version_that_loaded_copies_do_not_have(database) {
                    use crate::cell::{BACKEND, all, batch, connect, execute, save, verify};
                    use occ_runtime::VersionGenerator;

                    let conn = &mut connect(database).await;
                    let column = match BACKEND {
                        Backend::Sqlite => $sqlite,
                        Backend::Postgres => $postgres,
                        Backend::Mysql => $mysql,
                    };
                    let ddl = format!("CREATE TABLE bumped (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, version {column} NOT NULL)");
                    batch(&ddl, conn).await.unwrap();
                    for id in 1..=20 {
                        let initial = <$generator as VersionGenerator<$rust>>::initial();
                        execute(diesel::insert_into(bumped::table)
                            .values((bumped::id.eq(id), bumped::name.eq("new"), bumped::version.eq(initial))), conn).await.unwrap();
                    }
                    let holds: fn(&$rust, &$rust) -> bool = $holds;
                    let load = || bumped::table.order(bumped::id).select(Row::as_select());
                    let mut seen: Vec<$rust> = Vec::new();
                    for round in 0..5 {
                        let before: Vec<Row> = all(load(), conn).await.unwrap();
                        let update = diesel::update(bumped::table.filter(bumped::id.gt(5)))
                            .set((bumped::name.eq(format!("round {round}")), bump_version::<Row>()));
                        assert_eq!(execute(update, conn).await.unwrap(), 15);
                        let after: Vec<Row> = all(load(), conn).await.unwrap();
                        for (before, after) in before.iter().zip(&after) {
                            if before.id <= 5 {
                                assert_eq!(before, after);
                                continue;
                            }
                            assert!(holds(&before.version, &after.version), "{:?} after {:?}", after.version, before.version);
                            seen.push(after.version.clone());
                            assert!(save(&mut before.clone(), conn).await.unwrap_err().is_stale());
                            // What SQL has made is found by what is read of it, and moved on from there.
                            verify(after, conn).await.unwrap();
                            let mut saved = after.clone();
                            save(&mut saved, conn).await.unwrap();
                            assert!(holds(&after.version, &saved.version));
                        }
                    }
                    let last: Vec<Row> = all(load(), conn).await.unwrap();
                    assert!(last.iter().filter(|row| row.id > 5).all(|row| row.name == "round 4"));
                }
            }
        }
    )*};
}

/// Random, and of the form that its RFC wants.
fn is_random(uuid: &uuid::Uuid) -> bool {
    uuid.get_version_num() == 4 && uuid.get_variant() == uuid::Variant::RFC4122
}

fn text(before: &String, after: &String) -> bool {
    before != after
        && after.len() == 36
        && uuid::Uuid::parse_str(after).is_ok_and(|uuid| is_random(&uuid) && uuid.to_string() == *after)
}

fn bytes(before: &Vec<u8>, after: &Vec<u8>) -> bool {
    before != after && uuid::Uuid::from_slice(after).is_ok_and(|uuid| is_random(&uuid))
}

bumps! {
    counters: occ_runtime::Increment, i64, BigInt, ["BIGINT", "BIGINT", "BIGINT"], |before, after| *after == before + 1;
    small_counters: occ_runtime::Increment, i16, SmallInt, ["SMALLINT", "SMALLINT", "SMALLINT"], |before, after| *after == before + 1;
    random_uuids_as_text: UuidV4, String, Text, ["TEXT", "TEXT", "VARCHAR(36)"], text;
    random_uuids_as_bytes: UuidV4, Vec<u8>, Binary, ["BLOB", "BYTEA", "BINARY(16)"], bytes;
    chrono_in_microseconds: Timestamp, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP", "DATETIME(6)"], |before, after| before < after;
    chrono_in_milliseconds: Timestamp<Millis>, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP(3)", "DATETIME(3)"], |before, after| before < after;
    chrono_in_seconds: Timestamp<Seconds>, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP(0)", "DATETIME"], |before, after| before < after;
    time_in_microseconds: Timestamp, time::PrimitiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP", "DATETIME(6)"], |before, after| before < after;
    microseconds_as_a_number: Timestamp<Micros>, i64, BigInt, ["BIGINT", "BIGINT", "BIGINT"], |before, after| before < after;
    milliseconds_as_a_number: Timestamp<Millis>, i64, BigInt, ["BIGINT", "BIGINT", "BIGINT"], |before, after| before < after;
    seconds_as_a_number: Timestamp<Seconds>, i64, BigInt, ["BIGINT", "BIGINT", "BIGINT"], |before, after| before < after;
}
