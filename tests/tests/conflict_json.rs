//! What a client is answered after a conflict.
#![cfg(all(feature = "sqlite", feature = "version_types"))]

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_runtime::{Conflict, Tracked};
use serde_json::json;

diesel::table! {
    articles (id) { id -> Integer, title -> Text, summary -> Nullable<Text>, token -> Text, version -> Integer }
}

#[derive(Clone, Queryable, Selectable, serde::Serialize, OptimisticLock)]
#[occ(tracked)]
struct Article {
    id: i32,
    title: String,
    summary: Option<String>,
    #[occ(secret)]
    #[serde(rename = "key", skip_serializing)]
    token: String,
    version: i32,
}

/// Mine, and the row after somebody else has written it by `sql`.
fn conflict(sql: &str) -> Conflict<Article> {
    let conn = &mut SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(
        "CREATE TABLE articles (id INTEGER, title TEXT, summary TEXT, token TEXT, version INTEGER);
         INSERT INTO articles VALUES (1, 'Doors', NULL, 'open sesame', 1);",
    )
    .unwrap();
    let mut mine = articles::table.select(Tracked::<Article>::as_select()).first(conn).unwrap();
    conn.batch_execute(sql).unwrap();
    mine.title = "Mine".into();
    mine.token = "hocus pocus".into();
    assert!(mine.save_optimistic(conn).unwrap_err().is_stale());
    mine.into_conflict(conn).unwrap()
}

#[test]
fn a_conflict_is_an_answer_with_both_versions_the_row_and_the_differences() {
    let conflict = conflict("UPDATE articles SET title = 'Theirs', summary = 'Short', version = 2");
    assert_eq!(
        serde_json::to_value(&conflict).unwrap(),
        json!({
            "table": "articles",
            "your_version": 1,
            "current_version": 2,
            "current": { "id": 1, "title": "Theirs", "summary": "Short", "version": 2 },
            "differences": [
                { "field": "title", "secret": false, "base": "Doors", "mine": "Mine", "theirs": "Theirs" },
                { "field": "summary", "secret": false, "base": "none", "mine": "none", "theirs": "Short" },
                { "field": "token", "secret": true, "base": "hidden", "mine": "hidden", "theirs": "hidden" },
            ],
        })
    );
    let text = serde_json::to_string(&conflict).unwrap();
    assert!(!text.contains("sesame") && !text.contains("pocus"), "{text}");
}

#[test]
fn a_row_that_is_gone_has_no_version_and_no_data() {
    assert_eq!(
        serde_json::to_value(conflict("DELETE FROM articles")).unwrap(),
        json!({
            "table": "articles",
            "your_version": 1,
            "current_version": null,
            "current": null,
            "differences": [
                { "field": "title", "secret": false, "base": "Doors", "mine": "Mine", "theirs": null },
                { "field": "token", "secret": true, "base": "hidden", "mine": "hidden", "theirs": null },
            ],
        })
    );
}

/// The same table as if it had no version.
#[derive(Clone, Queryable, Selectable, serde::Serialize, OptimisticLock)]
#[diesel(table_name = articles)]
#[occ(check = all)]
struct Unversioned {
    id: i32,
    title: String,
    summary: Option<String>,
}

#[test]
fn without_a_version_there_is_the_row_and_the_differences() {
    let conn = &mut SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(
        "CREATE TABLE articles (id INTEGER, title TEXT, summary TEXT);
         INSERT INTO articles VALUES (1, 'Doors', NULL);",
    )
    .unwrap();
    let mut mine = articles::table.select(Tracked::<Unversioned>::as_select()).first(conn).unwrap();
    conn.batch_execute("UPDATE articles SET title = 'Theirs'").unwrap();
    mine.title = "Mine".into();
    assert!(mine.save_optimistic(conn).unwrap_err().is_stale());
    assert_eq!(
        serde_json::to_value(mine.into_conflict(conn).unwrap()).unwrap(),
        json!({
            "table": "articles",
            "your_version": null,
            "current_version": null,
            "current": { "id": 1, "title": "Theirs", "summary": null },
            "differences": [
                { "field": "title", "secret": false, "base": "Doors", "mine": "Mine", "theirs": "Theirs" },
            ],
        })
    );
}
