//! The service of the documentation, each of its statuses; and its calls when their futures are dropped.

#[path = "../../../occ-runtime/docs/handlers.rs"]
mod notes_service;

use axum::Router;
use axum::body::{Body, to_bytes};
use diesel::prelude::*;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, deadpool};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use http::{Method, Request, StatusCode};
use occ_runtime::Tracked;
use occ_runtime::async_prelude::*;
use occ_runtime::http::{EntityTagger, Preconditions, Problem, Written};
use occ_tests::cell::poll_at_most;
use occ_tests::database::TestDatabase as _;
use occ_tests::postgres::Database as PostgresDatabase;
use occ_tests::sqlite::Database;
use serde_json::{Value, json};
use tower::ServiceExt as _;

type Connection = SyncConnectionWrapper<SqliteConnection>;

const SCHEMA: &str =
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, text TEXT CHECK (text <> 'bad'),
                                          version INTEGER NOT NULL)";

async fn connect(database: &Database) -> Connection {
    let mut conn = Connection::establish(&database.url()).await.unwrap();
    conn.batch_execute(&database.setup()).await.unwrap();
    conn
}

fn service(file: &str) -> Router {
    let manager = AsyncDieselConnectionManager::new(file);
    let pool = deadpool::Pool::builder(manager).max_size(2).build().unwrap();
    notes_service::routes(notes_service::App { pool, tags: tags() })
}

fn wait(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

fn tags() -> EntityTagger {
    EntityTagger::keyed("0123456789abcdef").unwrap()
}

struct Answer {
    status: u16,
    etag: Option<String>,
    place: Option<String>,
    body: Value,
    problem: Option<Problem>,
}

struct Client(Router);

impl Client {
    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let kind = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
        let mut request = Request::builder().method(method).uri(path).header("content-type", kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let (parts, body) = self.0.clone().oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
        let bytes = to_bytes(body, 1 << 16).await.unwrap();
        let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let problem = parts.extensions.get::<Problem>().cloned();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        if let Some(problem) = &problem {
            assert_eq!(serde_json::from_value::<Problem>(body).unwrap().to_json(), problem.to_json());
            return Answer {
                status: parts.status.as_u16(),
                etag: header("etag"),
                place: header("accept-patch"),
                body: serde_json::from_slice(&bytes).unwrap(),
                problem: Some(problem.clone()),
            };
        }
        Answer {
            status: parts.status.as_u16(),
            etag: header("etag"),
            place: header("location"),
            body,
            problem,
        }
    }

    async fn status(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> u16 {
        self.send(method, path, headers, body).await.status
    }
}

#[test]
fn each_status_of_the_service() {
    wait(async {
        let database = Database::create().unwrap();
        let mut conn = connect(&database).await;
        conn.batch_execute(SCHEMA).await.unwrap();
        let client = Client(service(&database.url()));

        // POST: 201, with the tag and the place; 409 and 422 by the table's rules.
        let made = client.send(Method::POST, "/notes", &[], json!({ "title": "milk" })).await;
        assert_eq!((made.status, made.place.as_deref()), (201, Some("/notes/1")));
        let first = made.etag.unwrap();
        assert_eq!(client.status(Method::POST, "/notes", &[], json!({ "title": "milk" })).await, 409);
        assert_eq!(
            client.status(Method::POST, "/notes", &[], json!({ "title": "x", "text": "bad" })).await,
            422
        );

        // GET: 200, 304, 404; and the list, whose items have the tags by which they are changed.
        let read = client.send(Method::GET, "/notes/1", &[], Value::Null).await;
        assert_eq!(
            (read.status, read.etag.as_deref(), &read.body["version"]),
            (200, Some(&*first), &json!(1))
        );
        assert_eq!(
            client.status(Method::GET, "/notes/1", &[("if-none-match", &first)], Value::Null).await,
            304
        );
        assert_eq!(client.status(Method::GET, "/notes/2", &[], Value::Null).await, 404);
        let list = client.send(Method::GET, "/notes", &[], Value::Null).await;
        let list_tag = list.etag.unwrap();
        assert_eq!((list.status, list.body[0]["etag"].as_str()), (200, Some(&*first)));
        assert_eq!(
            client.status(Method::GET, "/notes", &[("if-none-match", &list_tag)], Value::Null).await,
            304
        );

        // PATCH: 428, 400, 415, 422, 404, 200, 200 again, 412.
        let patch = json!({ "text": "two" });
        assert_eq!(client.status(Method::PATCH, "/notes/1", &[], patch.clone()).await, 428);
        assert_eq!(client.status(Method::PATCH, "/notes/1", &[("if-match", "a")], patch.clone()).await, 400);
        let seen = [("if-match", &*first)];
        let wrong = client.send(Method::PATCH, "/notes/1", &seen, json!({ "id": 2, "text": 7 })).await;
        assert_eq!((wrong.status, wrong.body["violations"].as_array().map(Vec::len)), (422, Some(2)));
        assert_eq!(client.status(Method::PATCH, "/notes/2", &seen, patch.clone()).await, 404);
        let patched = client.send(Method::PATCH, "/notes/1", &seen, patch.clone()).await;
        assert_eq!(
            (patched.status, &patched.body["text"], &patched.body["version"]),
            (200, &json!("two"), &json!(2))
        );
        let second = patched.etag.unwrap();
        let again = client.send(Method::PATCH, "/notes/1", &seen, patch).await;
        assert_eq!(
            (again.status, again.etag.as_deref(), &again.body["version"]),
            (200, Some(&*second), &json!(2))
        );
        let stale = client.send(Method::PATCH, "/notes/1", &seen, json!({ "text": "three" })).await;
        assert_eq!((stale.status, stale.problem.is_some()), (412, true));
        assert_eq!(
            client.status(Method::GET, "/notes", &[("if-none-match", &list_tag)], Value::Null).await,
            200
        );
        let bad =
            client.send(Method::PATCH, "/notes/1", &[("if-match", &second)], json!({ "text": "bad" })).await;
        let source = bad.problem.as_ref().and_then(std::error::Error::source).map(ToString::to_string);
        assert!(source.is_some_and(|text| text.contains("CHECK")), "for the log");
        assert_eq!((bad.status, bad.body.to_string().contains("CHECK")), (422, false));

        // PUT: 428 by the layer, 412, 201, 204.
        let whole = json!({ "title": "bread", "text": null });
        let required = client.send(Method::PUT, "/notes/2", &[], whole.clone()).await;
        assert_eq!(required.status, 428);
        assert!(required.body["detail"].as_str().unwrap().contains("`If-None-Match: *`"));
        assert_eq!(
            client.status(Method::PUT, "/notes/1", &[("if-none-match", "*")], whole.clone()).await,
            412
        );
        assert_eq!(client.status(Method::PUT, "/notes/2", &[("if-match", "*")], whole.clone()).await, 412);
        assert_eq!(
            client.status(Method::PUT, "/notes/2", &[("if-none-match", "*")], whole.clone()).await,
            201
        );
        let replaced =
            client.send(Method::PUT, "/notes/2", &[("if-match", "*")], json!({ "title": "cake" })).await;
        assert_eq!((replaced.status, replaced.etag), (204, None));
        assert_eq!(
            client.status(Method::PUT, "/notes/2", &[("if-match", "*")], json!({ "title": "milk" })).await,
            409
        );

        // DELETE: 428, 412, 204, 404.
        assert_eq!(client.status(Method::DELETE, "/notes/1", &[], Value::Null).await, 428);
        assert_eq!(client.status(Method::DELETE, "/notes/1", &seen, Value::Null).await, 412);
        assert_eq!(
            client.status(Method::DELETE, "/notes/1", &[("if-match", &second)], Value::Null).await,
            204
        );
        assert_eq!(
            client.status(Method::DELETE, "/notes/1", &[("if-match", &second)], Value::Null).await,
            404
        );

        // 503 where there is no database.
        let nowhere = Client(service("/nowhere/at/all.sqlite"));
        let busy = nowhere.send(Method::GET, "/notes", &[], Value::Null).await;
        assert_eq!(busy.status, StatusCode::SERVICE_UNAVAILABLE);
    });
}

#[test]
fn a_patch_of_another_type_is_told_which_one_is_taken() {
    wait(async {
        let client = Client(service(":memory:"));
        let headers = [("if-match", "*"), ("content-type", "application/json")];
        let request =
            Request::patch("/notes/1").header(headers[0].0, headers[0].1).header(headers[1].0, headers[1].1);
        let answer = client.0.clone().oneshot(request.body(Body::from("{}")).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(answer.headers()["accept-patch"], "application/merge-patch+json");
        let cut = Request::patch("/notes/1")
            .header("if-match", "*")
            .header("content-type", "application/merge-patch+json");
        let answer = client.0.oneshot(cut.body(Body::from("{")).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    });
}

diesel::table! {
    notes (id) { id -> Integer, title -> Text, text -> Nullable<Text>, version -> Integer }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Note {
    id: i32,
    title: String,
    text: Option<String>,
    version: i32,
}

fn sent(tag: &str) -> Preconditions {
    Preconditions::from_lines([tag], None::<&str>).unwrap()
}

/// Every call on a row, each with a connection of its own, dropped after each poll: with the tag of the row and with `*`, and with
/// somebody else who writes after the value was loaded, or nobody. Says how many polls a whole call has taken.
macro_rules! dropped {
    ($name:ident, $database:ident, $connection:ty) => {
        mod $name {
            use super::*;

            async fn row(conn: &mut $connection) -> Option<Note> {
                RunQueryDsl::first(notes::table.find(1).select(Note::as_select()), conn)
                    .await
                    .optional()
                    .unwrap()
            }

            /// Row 1 at version 1, which somebody else moves to 2 where `is_moved`, after the value was loaded.
            async fn loaded(database: &$database, is_moved: bool) -> ($connection, Tracked<Note>) {
                let mut conn = <$connection>::establish(&database.url()).await.unwrap();
                conn.batch_execute(&database.setup()).await.unwrap();
                conn.batch_execute("DELETE FROM notes").await.unwrap();
                conn.batch_execute("INSERT INTO notes VALUES (1, 'a', 'b', 1)").await.unwrap();
                let select = notes::table.find(1).select(Tracked::<Note>::as_select());
                let mut note: Tracked<Note> = RunQueryDsl::first(select, &mut conn).await.unwrap();
                note.title = "mine".into();
                if is_moved {
                    conn.batch_execute("UPDATE notes SET text = 'theirs', version = 2").await.unwrap();
                }
                (conn, note)
            }

            pub(super) async fn after_each_poll(database: &$database) -> usize {
                let mut conn = <$connection>::establish(&database.url()).await.unwrap();
                conn.batch_execute(&database.setup()).await.unwrap();
                conn.batch_execute(SCHEMA).await.unwrap();
                let seen =
                    tags().of(&Note { id: 1, title: String::new(), text: None, version: 1 }).to_string();
                let mut most = 0;
                for (tag, is_moved) in [(&*seen, false), (&*seen, true), ("*", false), ("*", true)] {
                    let polls = after_each(database, tag, is_moved).await;
                    most = most.max(polls);
                }
                most
            }

            async fn after_each(database: &$database, tag: &str, is_moved: bool) -> usize {
                let if_match = sent(tag).require_if_match().unwrap();
                for polls in 0.. {
                    let (mut conn, mut mine) = loaded(database, is_moved).await;
                    let before = mine.clone();
                    let saved =
                        poll_at_most(polls, mine.save_conditional(&if_match, &tags(), &mut conn)).await;
                    let mut is_whole = saved.is_some();
                    // What the same connection reads is the row as it was, or as it was to be.
                    let now = row(&mut conn).await.unwrap();
                    if let Some(Ok(written)) = saved {
                        assert_eq!((written, &*mine), (Written::Changed, &now));
                    } else {
                        assert_eq!(mine, before, "{tag} {polls}");
                        // What is in memory is saved once more, and not lost. The connection of a dropped future is for nobody.
                        let mut conn = <$connection>::establish(&database.url()).await.unwrap();
                        conn.batch_execute(&database.setup()).await.unwrap();
                        let any = sent("*").require_if_match().unwrap();
                        let again = mine.save_conditional(&any, &tags(), &mut conn).await;
                        assert!(again.is_ok(), "{tag} {polls} {again:?} {now:?}");
                        assert_eq!(Some(&*mine), row(&mut conn).await.as_ref());
                        assert_eq!(mine.title, "mine");
                    }

                    let (mut conn, mine) = loaded(database, is_moved).await;
                    let mut mine = Note { text: Some("mine".into()), ..mine.into_inner() };
                    let before = mine.clone();
                    let put = poll_at_most(polls, mine.put_conditional(&sent(tag), &tags(), &mut conn)).await;
                    let now = row(&mut conn).await;
                    match &put {
                        Some(Ok(_)) => assert_eq!(Some(&mine), now.as_ref()),
                        _ => assert_eq!(mine, before, "{tag} {polls}"),
                    }
                    is_whole &= put.is_some();

                    let (mut conn, mine) = loaded(database, is_moved).await;
                    let before = mine.clone();
                    let deleted =
                        poll_at_most(polls, mine.delete_conditional(&if_match, &tags(), &mut conn)).await;
                    assert_eq!(mine, before);
                    let is_there = row(&mut conn).await.is_some();
                    assert!(!matches!(deleted, Some(Ok(()))) || !is_there);
                    if is_whole && deleted.is_some() {
                        return polls;
                    }
                }
                unreachable!("it gets ready")
            }
        }
    };
}

dropped!(on_sqlite, Database, Connection);
dropped!(on_postgres, PostgresDatabase, AsyncPgConnection);

#[test]
fn a_future_dropped_at_each_await_leaves_memory_as_it_was() {
    let sqlite = Database::create().unwrap();
    wait(async {
        on_sqlite::after_each_poll(&sqlite).await;
    });
    // Only of a server there is something to wait for at each poll.
    if let Some(postgres) = PostgresDatabase::create() {
        wait(async {
            let polls = on_postgres::after_each_poll(&postgres).await;
            assert!(polls > 2, "{polls}: nothing was dropped");
        });
    }
}
