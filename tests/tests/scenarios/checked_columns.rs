//! Tables without a version, whose columns are compared with what was loaded.

use std::sync::Barrier;

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, Tracked};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, Database, batch, block_on, connect, delete_tracked, first, into_conflict, rebase, record,
    reload_tracked, save_tracked,
};

diesel::table! {
    legacy (id) {
        id -> Integer,
        title -> Text,
        body -> Nullable<Text>,
        stock -> Integer,
        seal -> Nullable<Binary>,
        weight -> Double,
    }
}

/// Every column is compared, but for the one that cannot be.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = legacy)]
#[occ(check = all)]
struct Whole {
    id: i32,
    title: String,
    body: Option<String>,
    stock: i32,
    seal: Option<Vec<u8>>,
    #[occ(unchecked)]
    weight: f64,
}

/// The columns that were changed are compared.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = legacy)]
#[occ(check = dirty)]
struct Part {
    id: i32,
    title: String,
    body: Option<String>,
    #[occ(merge = add)]
    stock: i32,
    #[occ(unchecked)]
    weight: f64,
}

async fn create_table(database: &Database) {
    let blob = if BACKEND == Backend::Postgres { "BYTEA" } else { "BLOB" };
    batch(
        &format!(
            "CREATE TABLE legacy (id INTEGER PRIMARY KEY, title VARCHAR(100) NOT NULL, body VARCHAR(100), \
             stock INTEGER NOT NULL, seal {blob}, weight DOUBLE PRECISION NOT NULL);
             INSERT INTO legacy VALUES (1, 'Doors', NULL, 10, NULL, 0.1);
             INSERT INTO legacy VALUES (2, 'Keys', 'They turn.', 20, NULL, 0.2);"
        ),
        &mut connect(database).await,
    )
    .await
    .unwrap();
}

async fn whole(id: i32, conn: &mut Conn) -> Tracked<Whole> {
    first(legacy::table.find(id).select(Tracked::<Whole>::as_select()), conn).await.unwrap()
}

async fn part(id: i32, conn: &mut Conn) -> Tracked<Part> {
    first(legacy::table.find(id).select(Tracked::<Part>::as_select()), conn).await.unwrap()
}

/// What this backend binds to compare a text: as often as it has to.
fn bound(value: &str) -> String {
    let times = text("").matches('?').count();
    vec![value; times].join(", ")
}

/// How this backend compares a text.
fn text(column: &str) -> String {
    match BACKEND {
        Backend::Sqlite => format!("{column} = ? COLLATE BINARY"),
        Backend::Postgres => format!("concat({column}) COLLATE C = ?"),
        Backend::Mysql => {
            format!(
                "STRCMP({column}, ?) = 0 AND CAST(CONVERT({column} USING utf8mb4) AS BINARY) = CAST(CONVERT(? USING utf8mb4) AS BINARY)"
            )
        }
    }
}

super::scenarios! {
    async fn what_is_changed_is_written_and_what_was_loaded_is_compared(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let recorder = record(conn);
        let (title, body) = (text("title"), text("body"));
        let mut row = whole(2, conn).await;
        let _ = recorder.take();
        row.stock = 21;
        save_tracked(&mut row, conn).await.unwrap();
        assert_eq!(recorder.take(), [format!(
            "UPDATE legacy SET stock = ? WHERE id = ? AND {title} AND (body IS NOT NULL AND {body} OR body IS NULL AND ? IS NULL) \
             AND stock = ? AND (seal IS NOT NULL AND seal = ? OR seal IS NULL AND ? IS NULL) \
             -- [21, 2, {}, {}, \"They turn.\", 20, None, None]",
            bound("\"Keys\""), bound("\"They turn.\""),
        )]);
        let mut row = part(2, conn).await;
        let _ = recorder.take();
        row.title = "Locks".into();
        row.body = None;
        save_tracked(&mut row, conn).await.unwrap();
        assert_eq!(recorder.take(), [format!(
            "UPDATE legacy SET title = ?, body = ? WHERE id = ? AND {title} AND (body IS NOT NULL AND {body} OR body IS NULL AND ? IS NULL) \
             -- [\"Locks\", None, 2, {}, {}, \"They turn.\"]",
            bound("\"Keys\""), bound("\"They turn.\""),
        )]);
        save_tracked(&mut row, conn).await.unwrap();
        assert_eq!(recorder.take(), Vec::<String>::new(), "it is clean");
        assert_eq!(part(2, conn).await, row);
        row.body = Some("They open.".into());
        save_tracked(&mut row, conn).await.unwrap();
        assert_eq!(part(2, conn).await, row, "compared with what was saved last");
    }

    async fn a_save_is_refused_once_what_it_compares_was_changed(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let changes = [
            "stock = 11",
            "title = 'doors'", // the same text for a collation that knows no case
            "title = 'Doors '",
            "body = ''",
            "body = 'text'",
            if BACKEND == Backend::Postgres { r"seal = '\x78'" } else { "seal = x'78'" },
        ];
        for change in changes {
            batch("UPDATE legacy SET title = 'Doors', body = NULL, stock = 10, seal = NULL WHERE id = 1", conn).await.unwrap();
            let mut row = whole(1, conn).await;
            batch(&format!("UPDATE legacy SET {change} WHERE id = 1"), conn).await.unwrap();
            let there = whole(1, conn).await;
            row.title = "Locks".into();
            let before = row.clone();
            for _ in 0..2 {
                let Err(Error::Stale(stale)) = save_tracked(&mut row, conn).await else { panic!("{change} was overwritten") };
                assert_eq!((stale.table(), stale.key(), stale.is_deleted()), ("legacy", "1", false), "{change}");
                assert_eq!(
                    stale.to_string(),
                    "cannot save row 1 of `legacy`: its columns are not as they were loaded; reload it and apply the \
                     change again",
                );
                assert_eq!(row, before, "{change}");
            }
            assert_eq!(whole(1, conn).await, there, "{change}");
            assert!(delete_tracked(&row, conn).await.unwrap_err().is_stale(), "{change}");
            assert_eq!(whole(1, conn).await, there, "{change}");
            reload_tracked(&mut row, conn).await.unwrap();
            row.title = "Locks".into();
            save_tracked(&mut row, conn).await.unwrap();
            assert_eq!(whole(1, conn).await, row);
        }
    }

    async fn texts_are_compared_byte_by_byte_whatever_their_column_says(database) {
        let types: &[&str] = match BACKEND {
            Backend::Sqlite => &["TEXT", "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM", "CHAR(20)"],
            Backend::Postgres => &["TEXT", "VARCHAR(20)", "CHAR(20)", "CITEXT", "TEXT COLLATE nocase"],
            Backend::Mysql => &[
                "TEXT", "CHAR(20)", "VARCHAR(20) COLLATE utf8mb4_general_ci", "VARCHAR(20) CHARACTER SET latin1", "VARCHAR(20) CHARACTER SET utf16",
            ],
        };
        create_table(database).await;
        let mut tried = 0;
        for column in types {
            // What is prepared is of the table that was there before.
            let conn = &mut connect(database).await;
            if *column == "TEXT COLLATE nocase" {
                let nocase = "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";
                batch(nocase, conn).await.unwrap();
            }
            // An extension that may be missing.
            if *column == "CITEXT" && batch("CREATE EXTENSION citext", conn).await.is_err() {
                continue;
            }
            batch("DROP TABLE legacy", conn).await.unwrap();
            let blob = if BACKEND == Backend::Postgres { "BYTEA" } else { "BLOB" };
            batch(&format!("CREATE TABLE legacy (id INTEGER PRIMARY KEY, title {column} NOT NULL, body {column}, \
                 stock INTEGER NOT NULL, seal {blob}, weight DOUBLE PRECISION NOT NULL)"), conn).await.unwrap();
            batch("INSERT INTO legacy VALUES (1, 'Stra\u{df}e', 'caf\u{e9} ', 10, NULL, 0)", conn).await.unwrap();
            let mut row = whole(1, conn).await;
            row.stock = 11;
            save_tracked(&mut row, conn).await.unwrap_or_else(|error| panic!("{column}: {error}"));
            for change in ["title = 'stra\u{df}e'", "body = 'CAF\u{c9} '", "body = ''"] {
                let mut row = whole(1, conn).await;
                batch(&format!("UPDATE legacy SET {change}"), conn).await.unwrap();
                row.stock += 1;
                assert!(save_tracked(&mut row, conn).await.unwrap_err().is_stale(), "{column}: {change} was not seen");
                reload_tracked(&mut row, conn).await.unwrap();
                row.stock += 1;
                save_tracked(&mut row, conn).await.unwrap_or_else(|error| panic!("{column}, {change}: {error}"));
            }
            let mut row = whole(1, conn).await;
            batch("UPDATE legacy SET body = NULL", conn).await.unwrap();
            row.stock += 1;
            assert!(save_tracked(&mut row, conn).await.unwrap_err().is_stale(), "{column}: '' is not NULL");
            tried += 1;
        }
        assert!(tried >= 4);
    }

    async fn a_value_that_became_null_is_a_change(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut row = part(2, conn).await;
        batch("UPDATE legacy SET body = NULL WHERE id = 2", conn).await.unwrap();
        row.body = Some("Mine.".into());
        assert!(save_tracked(&mut row, conn).await.unwrap_err().is_stale());
        assert_eq!(part(2, conn).await.body, None);
    }

    async fn changes_of_other_columns_pass_where_only_dirty_ones_are_compared(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut first, mut second, mut third) = (part(1, a).await, part(1, b).await, part(1, b).await);
        first.title = "Locks".into();
        second.stock += 1;
        third.stock += 2;
        save_tracked(&mut first, a).await.unwrap();
        save_tracked(&mut second, b).await.unwrap();
        let row = part(1, a).await;
        assert_eq!((row.title.as_str(), row.stock), ("Locks", 11));
        assert!(save_tracked(&mut third, b).await.unwrap_err().is_stale());
        rebase(&mut third, b).await.unwrap();
        save_tracked(&mut third, b).await.unwrap();
        let row = part(1, a).await;
        assert_eq!((row.title.as_str(), row.stock), ("Locks", 13));
    }

    async fn a_column_that_is_not_compared_is_written_where_the_others_are_as_loaded(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let (mut row, mut old) = (part(1, conn).await, part(1, conn).await);
        row.weight = 0.3;
        save_tracked(&mut row, conn).await.unwrap();
        row.stock = 11;
        save_tracked(&mut row, conn).await.unwrap();
        old.weight = 0.4;
        assert!(save_tracked(&mut old, conn).await.unwrap_err().is_stale(), "it must compare something");
        assert_eq!(part(1, conn).await, row);
    }

    async fn a_row_that_is_gone_or_another_is_refused(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let (mut row, mut moved) = (whole(1, conn).await, whole(2, conn).await);
        moved.id = 1;
        assert!(save_tracked(&mut moved, conn).await.unwrap_err().is_stale(), "the values are of another row");
        assert_eq!(whole(1, conn).await, row);
        delete_tracked(&row, conn).await.unwrap();
        row.stock = 0;
        let Err(Error::Stale(stale)) = save_tracked(&mut row, conn).await else { panic!("it is gone") };
        assert!(stale.is_deleted());
        assert_eq!(stale.to_string(), "cannot save row 1 of `legacy`: it is gone or not visible to this connection");
        let Err(Error::Stale(stale)) = delete_tracked(&row, conn).await else { panic!("it is gone") };
        assert!(stale.is_deleted());
        assert!(into_conflict(row.into_inner(), conn).await.unwrap().is_deleted());
    }

    async fn a_thousand_increments_by_eight_threads_are_a_thousand(database) {
        create_table(database).await;
        let start = Barrier::new(8);
        let worker = || {
            block_on(async {
                let conn = &mut connect(database).await;
                start.wait();
                for _ in 0..125 {
                    for tried in 0.. {
                        assert!(tried < 100_000, "nobody wins");
                        let mut row = whole(1, conn).await;
                        row.stock += 1;
                        match save_tracked(&mut row, conn).await {
                            Ok(()) => break,
                            Err(error) => assert!(error.is_retryable(), "{error}"),
                        }
                    }
                }
            });
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(worker);
            }
        });
        assert_eq!(whole(1, &mut connect(database).await).await.stock, 1010);
    }
}
