//! Two values that are equal for the database and not the same, in columns that are compared with what was loaded.

use diesel::prelude::*;
use occ_runtime::{OptimisticLock, Tracked};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, Database, batch, connect, delete_tracked, first, save_tracked};

diesel::table! {
    rows (id) {
        id -> Integer,
        text -> Nullable<Text>,
        bytes -> Nullable<Binary>,
        moment -> Nullable<Timestamp>,
        stock -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = rows)]
#[occ(check = all)]
struct Row {
    id: i32,
    text: Option<String>,
    bytes: Option<Vec<u8>>,
    moment: Option<chrono::NaiveDateTime>,
    stock: i32,
}

async fn load(conn: &mut Conn) -> Tracked<Row> {
    first(rows::table.find(1).select(Tracked::<Row>::as_select()), conn).await.unwrap()
}

/// What is in a `column` of this type can be saved as it is, and not any more once it is `after`, an SQL expression as
/// `before` is.
async fn a_change_is_seen(database: &Database, column: &str, sql_type: &str, before: &str, after: &str) {
    // What is prepared is of the table that was there before.
    let conn = &mut connect(database).await;
    let (bytes, moment) = match BACKEND {
        Backend::Sqlite => ("BLOB", "TIMESTAMP"),
        Backend::Postgres => ("BYTEA", "TIMESTAMP"),
        Backend::Mysql => ("BLOB", "DATETIME(6)"),
    };
    let mut columns = [("text", "TEXT"), ("bytes", bytes), ("moment", moment)];
    for (name, its_type) in &mut columns {
        if *name == column {
            *its_type = sql_type;
        }
    }
    let columns = columns.map(|(name, its_type)| quoted(&format!("`{name}` {its_type}, "))).concat();
    let what = format!("{sql_type}: {before} became {after}");
    for sql in [
        "DROP TABLE IF EXISTS `rows`".to_owned(),
        format!("CREATE TABLE `rows` (id INTEGER PRIMARY KEY, {columns} stock INTEGER NOT NULL)"),
        format!("INSERT INTO `rows` (id, `{column}`, stock) VALUES (1, {before}, 10)"),
    ] {
        batch(&quoted(&sql), conn).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    }
    let mut row = load(conn).await;
    row.stock += 1;
    save_tracked(&mut row, conn).await.unwrap_or_else(|error| panic!("{what}, before it did: {error}"));
    batch(&quoted(&format!("UPDATE `rows` SET `{column}` = {after}")), conn).await.unwrap();
    row.stock += 1;
    assert!(
        save_tracked(&mut row, conn).await.is_err_and(|error| error.is_stale()),
        "{what}, and that was not seen"
    );
    assert!(delete_tracked(&row, conn).await.is_err_and(|error| error.is_stale()), "{what}, and was deleted");
}

fn quoted(sql: &str) -> String {
    if BACKEND == Backend::Postgres { sql.replace('`', "\"") } else { sql.to_owned() }
}

super::scenarios! {
    async fn a_text_is_not_another_that_is_equal(database) {
        let changes: &[[&str; 3]] = match BACKEND {
            Backend::Sqlite => &[
                ["TEXT COLLATE NOCASE", "'Doors'", "'doors'"],
                ["TEXT COLLATE RTRIM", "'Doors'", "'Doors '"],
                ["TEXT", "'a' || char(0) || 'b'", "'a' || char(0) || 'c'"],
                ["TEXT", "'a' || char(0)", "'a'"],
                ["TEXT", "'A'", "x'41'"],
            ],
            Backend::Postgres => &[
                ["CHAR(10)", "'Doors'", "'doors'"],
                ["VARCHAR(10)", "'Doors'", "'Doors '"],
                ["TEXT", "''", "NULL"],
            ],
            Backend::Mysql => &[
                ["VARCHAR(10) COLLATE utf8mb4_general_ci", "'Doors'", "'d\u{f2}ors'"],
                ["VARCHAR(10) COLLATE utf8mb4_bin", "'Doors'", "'Doors '"],
                ["CHAR(10)", "'Doors'", "'doors'"],
                ["VARCHAR(10) CHARACTER SET latin1", "'caf\u{e9}'", "'caf\u{c9}'"],
                ["VARCHAR(10) CHARACTER SET utf16", "'caf\u{e9}'", "'cafe'"],
                ["ENUM('a', 'b')", "'a'", "'b'"],
                ["SET('a', 'b')", "'a,b'", "'a'"],
                ["JSON", r#"'{"a": 1}'"#, r#"'{"a": 2}'"#],
                // No text of their character set, which a conversion makes a question mark of.
                ["VARCHAR(10) CHARACTER SET greek", "'?'", "x'FF'"],
                ["VARBINARY(10)", "'?'", "x'FF'"],
            ],
        };
        for [sql_type, before, after] in changes {
            a_change_is_seen(database, "text", sql_type, before, after).await;
        }
    }

    async fn bytes_are_not_other_bytes_that_are_equal(database) {
        let changes: &[[&str; 3]] = match BACKEND {
            Backend::Sqlite => &[["BLOB", "x'4100'", "x'41'"], ["BLOB", "x'41'", "'A'"]],
            Backend::Postgres => &[["BYTEA", r"'\x4100'", r"'\x41'"], ["BYTEA", r"'\x41'", r"'\x61'"]],
            Backend::Mysql => &[["BLOB", "x'4100'", "x'41'"], ["VARBINARY(10)", "'A'", "'a'"], ["BINARY(3)", "'A'", "'A '"]],
        };
        for [sql_type, before, after] in changes {
            a_change_is_seen(database, "bytes", sql_type, before, after).await;
        }
    }

    async fn a_time_is_not_another_that_is_equal(database) {
        let (before, later) = ("'2026-11-25 10:00:00'", "'2026-11-25 10:00:00.000001'");
        let changes: &[[&str; 3]] = match BACKEND {
            Backend::Sqlite => &[["TIMESTAMP", before, later], ["TEXT COLLATE RTRIM", before, "'2026-11-25 10:00:00 '"]],
            Backend::Postgres => &[["TIMESTAMP", before, later]],
            Backend::Mysql => &[["DATETIME(6)", before, later], ["TIMESTAMP(6) NULL", before, later], ["DATETIME", before, "'2026-11-25 10:00:01'"]],
        };
        for [sql_type, before, after] in changes {
            a_change_is_seen(database, "moment", sql_type, before, after).await;
        }
    }
}
