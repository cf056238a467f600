//! What the triggers of `VersionTrigger` make of writers that do not advance the version, or set it back.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use occ_runtime::{Error, VersionTrigger};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, batch, connect, delete, execute, first, save, save_all, touch};
use super::product::{self, products};
use super::trigger_sql::create;

/// What an importer sends: the row as it stands in its file.
fn import(table: &str, values: &str, assignments: &str) -> String {
    let on_conflict =
        if BACKEND == Backend::Mysql { "ON DUPLICATE KEY UPDATE" } else { "ON CONFLICT (id) DO UPDATE SET" };
    format!("INSERT INTO {table} VALUES ({values}) {on_conflict} {assignments}")
}

/// The column of the row that was not inserted.
fn excluded(column: &str) -> String {
    if BACKEND == Backend::Mysql { format!("VALUES({column})") } else { format!("excluded.{column}") }
}

async fn version(conn: &mut Conn) -> i32 {
    product::load(1, conn).await.version
}

/// The version, NULL or not, after a statement.
async fn counted_after(statement: &str, conn: &mut Conn) -> Option<i64> {
    batch(statement, conn).await.unwrap();
    let wide = if BACKEND == Backend::Mysql { "SIGNED" } else { "BIGINT" };
    let version =
        diesel::dsl::sql::<Nullable<BigInt>>(&format!("SELECT CAST(version AS {wide}) FROM counted"));
    first(version, conn).await.unwrap()
}

async fn counted_table(column: &str, conn: &mut Conn) {
    batch(&format!("CREATE TABLE counted (id INTEGER PRIMARY KEY, note VARCHAR(9), version {column})"), conn)
        .await
        .unwrap();
    batch("INSERT INTO counted VALUES (1, '', NULL)", conn).await.unwrap();
}

mod stamped {
    use diesel::prelude::*;

    diesel::table! { stamped (id) { id -> Integer, version -> Timestamp } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
    #[diesel(table_name = stamped)]
    pub struct Row {
        pub id: i32,
        pub version: chrono::NaiveDateTime,
    }
}

super::scenarios! {
    async fn an_import_that_brings_an_old_version_makes_copies_stale_and_never_fresh_again(database) {
        let conn = &mut connect(database).await;
        batch(&create(&VersionTrigger::counter("products", "version")), conn).await.unwrap();
        let mut first_copy = product::load(1, conn).await;
        for _ in 0..4 {
            save(&mut product::load(1, conn).await, conn).await.unwrap();
        }
        let mut copy = product::load(1, conn).await;
        assert_eq!(copy.version, 5);
        let from_file = |version: i32| {
            let assignments = format!("quantity = {}, version = {}", excluded("quantity"), excluded("version"));
            import("products", &format!("1, 'lamp', NULL, 3, {version}"), &assignments)
        };
        // Version 1 of the file is that of the first copy, and 5 is that of the second.
        for (imported, then) in [(1, 6), (5, 7), (7, 8), (100, 100), (0, 101), (-3, 102)] {
            batch(&from_file(imported), conn).await.unwrap();
            assert_eq!(version(conn).await, then, "the file had {imported}");
            for copy in [&mut first_copy, &mut copy] {
                assert!(save(copy, conn).await.unwrap_err().is_stale());
                assert!(delete(copy, conn).await.unwrap_err().is_stale());
            }
        }
        let mut fresh = product::load(1, conn).await;
        assert_eq!(fresh.quantity, 3);
        save(&mut fresh, conn).await.unwrap();
        assert_eq!(fresh, product::load(1, conn).await);
    }

    async fn an_update_that_sets_the_version_back_moves_it_on(database) {
        let conn = &mut connect(database).await;
        batch(&create(&VersionTrigger::counter("products", "version")), conn).await.unwrap();
        let mut copy = product::load(1, conn).await;
        for (statement, then) in [
            ("UPDATE products SET version = version - 1 WHERE id = 1", 2),
            ("UPDATE products SET version = 1 WHERE id = 1", 3),
            ("UPDATE products SET version = version + 5 WHERE id = 1", 8),
            ("UPDATE products SET version = version WHERE id = 1", 9),
        ] {
            batch(statement, conn).await.unwrap();
            assert_eq!(version(conn).await, then, "{statement}");
            assert!(save(&mut copy, conn).await.unwrap_err().is_stale());
        }
        // One statement, many rows: each goes its own way.
        batch("UPDATE products SET version = 5", conn).await.unwrap();
        assert_eq!((version(conn).await, product::load(2, conn).await.version), (10, 5));
    }

    async fn a_version_that_is_null_is_made_one(database) {
        let conn = &mut connect(database).await;
        counted_table("BIGINT", conn).await;
        batch(&create(&VersionTrigger::counter("counted", "version")), conn).await.unwrap();
        assert_eq!(counted_after("UPDATE counted SET note = 'a'", conn).await, Some(1));
        assert_eq!(counted_after("UPDATE counted SET version = NULL", conn).await, Some(2));
        assert_eq!(counted_after("UPDATE counted SET note = 'b', version = NULL", conn).await, Some(3));
        batch("DELETE FROM counted", conn).await.unwrap();
        batch("INSERT INTO counted VALUES (1, '', NULL)", conn).await.unwrap();
        assert_eq!(counted_after("UPDATE counted SET version = 7", conn).await, Some(7));
        assert_eq!(counted_after(&import("counted", "1, 'c', NULL", &format!("version = {}", excluded("version"))), conn).await, Some(8));
    }

    async fn the_last_version_of_a_column_is_followed_by_an_error(database) {
        let conn = &mut connect(database).await;
        let columns: &[(&str, i64)] = match BACKEND {
            Backend::Mysql => &[
                ("TINYINT", 127),
                ("TINYINT UNSIGNED", 255),
                ("SMALLINT", 32_767),
                ("SMALLINT UNSIGNED", 65_535),
                ("INT", 2_147_483_647),
                ("INT UNSIGNED", 4_294_967_295),
                ("BIGINT", i64::MAX),
            ],
            _ => &[("SMALLINT", 32_767), ("INTEGER", 2_147_483_647), ("BIGINT", i64::MAX)],
        };
        // MySQL runs a trigger in the mode in which it was created. The default, and none: there it stores what fits best.
        let modes: &[&str] = if BACKEND == Backend::Mysql { &["STRICT_ALL_TABLES", ""] } else { &[""] };
        for (column, last) in columns {
            for mode in modes {
                batch("DROP TABLE IF EXISTS counted", conn).await.unwrap();
                if BACKEND == Backend::Postgres {
                    batch("DROP FUNCTION IF EXISTS counted_version_moves", conn).await.unwrap();
                }
                counted_table(column, conn).await;
                let trigger = VersionTrigger::counter("counted", "version").last(*last);
                if BACKEND == Backend::Mysql {
                    batch(&format!("SET sql_mode = '{mode}'"), conn).await.unwrap();
                }
                batch(&create(&trigger), conn).await.unwrap();
                batch(&format!("UPDATE counted SET version = {}", last - 1), conn).await.unwrap();
                assert_eq!(counted_after("UPDATE counted SET note = 'a'", conn).await, Some(*last));
                for statement in ["note = 'b'", "version = 3", "version = NULL", "version = version"] {
                    let refused = batch(&format!("UPDATE counted SET {statement}"), conn).await;
                    assert!(refused.is_err(), "{column} in mode {mode:?}: {statement}");
                    // What MySQL has not read of an answer of several parts would come next.
                    let conn = &mut connect(database).await;
                    assert_eq!(counted_after("UPDATE counted SET note = '' WHERE id = 2", conn).await, Some(*last));
                }
            }
        }
    }

    async fn the_last_versions_of_the_usual_types_are_known_without_a_word(database) {
        let conn = &mut connect(database).await;
        for (column, last) in [("INTEGER", 2_147_483_647), ("BIGINT", i64::MAX)] {
            batch("DROP TABLE IF EXISTS counted", conn).await.unwrap();
            if BACKEND == Backend::Postgres {
                batch("DROP FUNCTION IF EXISTS counted_version_moves", conn).await.unwrap();
            }
            counted_table(column, conn).await;
            batch(&create(&VersionTrigger::counter("counted", "version")), conn).await.unwrap();
            batch(&format!("UPDATE counted SET version = {last}"), conn).await.unwrap();
            batch("UPDATE counted SET note = 'a'", conn).await.unwrap_err();
            assert_eq!(counted_after("UPDATE counted SET note = '' WHERE id = 2", &mut connect(database).await).await, Some(last));
        }
    }

    async fn saves_are_left_alone_by_the_trigger(database) {
        let conn = &mut connect(database).await;
        batch(&create(&VersionTrigger::counter("products", "version")), conn).await.unwrap();
        let mut rows = vec![product::load(1, conn).await, product::load(2, conn).await];
        for round in 1..4 {
            save(&mut rows[0], conn).await.unwrap();
            touch(&mut rows[1], conn).await.unwrap();
            save_all(&mut rows, conn).await.unwrap();
            for row in &rows {
                assert_eq!((row.version, row), (1 + 2 * round, &product::load(row.id, conn).await));
            }
        }
        let add = diesel::update(products::table).set(occ_runtime::bump_version::<product::Product>());
        execute(add, conn).await.unwrap();
        assert_eq!((version(conn).await, product::load(2, conn).await.version), (8, 8));
    }

    async fn an_import_that_brings_an_old_time_moves_the_version_on(database) {
        use stamped::{Row, stamped::dsl};
        let columns = match BACKEND {
            Backend::Sqlite => ["TIMESTAMP"].as_slice(),
            Backend::Postgres => &["TIMESTAMP", "TIMESTAMP(3)", "TIMESTAMP(0)"],
            Backend::Mysql => &["DATETIME(6)", "DATETIME(3)", "DATETIME"],
        };
        for column in columns {
            // PostgreSQL does not go on with a statement whose columns have changed.
            let conn = &mut connect(database).await;
            batch("DROP TABLE IF EXISTS stamped", conn).await.unwrap();
            if BACKEND == Backend::Postgres {
                batch("DROP FUNCTION IF EXISTS stamped_version_moves", conn).await.unwrap();
            }
            batch(&format!("CREATE TABLE stamped (id INTEGER PRIMARY KEY, note VARCHAR(9), version {column})"), conn).await.unwrap();
            // One is far behind the clock, one ahead of it.
            batch("INSERT INTO stamped VALUES (1, '', '2001-01-01 00:00:00'), (2, '', '2099-12-31 23:59:58')", conn).await.unwrap();
            batch(&create(&VersionTrigger::timestamp("stamped", "version")), conn).await.unwrap();
            for id in [1, 2] {
                let mut copies: Vec<Row> = Vec::new();
                let assignment = format!("version = {}", excluded("version"));
                let imports = [
                    format!("UPDATE stamped SET note = 'a' WHERE id = {id}"),
                    import("stamped", &format!("{id}, '', '2001-01-01 00:00:00'"), &assignment),
                    import("stamped", &format!("{id}, '', '2001-01-01 00:00:00'"), &assignment),
                    format!("UPDATE stamped SET version = NULL WHERE id = {id}"),
                    format!("UPDATE stamped SET version = '1999-01-01 00:00:00.5' WHERE id = {id}"),
                ];
                for statement in imports {
                    copies.push(first(dsl::stamped.find(id).select(Row::as_select()), conn).await.unwrap());
                    batch(&statement, conn).await.unwrap();
                    let row: Row = first(dsl::stamped.find(id).select(Row::as_select()), conn).await.unwrap();
                    assert!(row.version > copies.last().unwrap().version, "{column}: {statement} made {}", row.version);
                    for copy in &mut copies {
                        assert!(save(copy, conn).await.unwrap_err().is_stale(), "{column}: {statement}");
                    }
                }
                let later = format!("UPDATE stamped SET version = '2101-01-01 00:00:00' WHERE id = {id}");
                batch(&later, conn).await.unwrap();
                let row: Row = first(dsl::stamped.find(id).select(Row::as_select()), conn).await.unwrap();
                assert_eq!(row.version.to_string(), "2101-01-01 00:00:00", "what moves on is left alone");
            }
        }
    }

    async fn a_time_that_was_null_begins(database) {
        use stamped::{Row, stamped::dsl};
        let conn = &mut connect(database).await;
        let column = if BACKEND == Backend::Mysql { "DATETIME(6)" } else { "TIMESTAMP" };
        batch(&format!("CREATE TABLE stamped (id INTEGER PRIMARY KEY, note VARCHAR(9), version {column} NULL)"), conn).await.unwrap();
        batch("INSERT INTO stamped VALUES (1, '', NULL)", conn).await.unwrap();
        batch(&create(&VersionTrigger::timestamp("stamped", "version")), conn).await.unwrap();
        batch("UPDATE stamped SET note = 'a'", conn).await.unwrap();
        let mut row: Row = first(dsl::stamped.select(Row::as_select()), conn).await.unwrap();
        let mut old = row.clone();
        save(&mut row, conn).await.unwrap();
        let result = save(&mut old, conn).await;
        assert!(matches!(result, Err(Error::Stale(_))), "{result:?}");
    }
}
