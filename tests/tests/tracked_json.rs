//! A tracked value that is written down and read again is what it was, or is not written down.
#![cfg(all(feature = "sqlite", feature = "version_types"))]

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_runtime::{Error, Tracked};
use serde_json::{Value, json};

diesel::table! {
    articles (id) { id -> Integer, title -> Text, views -> Integer, price -> Double, token -> Text, version -> Integer }
}

#[derive(
    Clone, Debug, PartialEq, Queryable, Selectable, serde::Serialize, serde::Deserialize, OptimisticLock,
)]
#[occ(tracked)]
struct Article {
    id: i32,
    title: String,
    #[occ(merge = add)]
    views: i32,
    price: f64,
    #[occ(secret)]
    #[serde(default, skip_serializing)]
    token: String,
    version: i32,
}

fn connection() -> SqliteConnection {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(
        "CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT, views INTEGER, price DOUBLE, token TEXT, version INTEGER);
         INSERT INTO articles VALUES (1, 'Doors', 10, 0.1, 'open sesame', 1);",
    )
    .unwrap();
    conn
}

fn load(conn: &mut SqliteConnection) -> Tracked<Article> {
    articles::table.select(Tracked::<Article>::as_select()).first(conn).unwrap()
}

fn there_and_back(article: &Tracked<Article>) -> Tracked<Article> {
    let text = serde_json::to_string(article).unwrap();
    assert!(!text.contains("sesame"), "{text}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn an_edit_that_comes_back_saves_what_was_changed_and_leaves_the_secret_alone() {
    let conn = &mut connection();
    let mut article = load(conn);
    article.title = "Locks".into();
    article.views += 1;
    assert_eq!(
        serde_json::to_value(&article).unwrap(),
        json!({
            "original": { "id": 1, "title": "Doors", "views": 10, "price": 0.1, "version": 1 },
            "value": { "id": 1, "title": "Locks", "views": 11, "price": 0.1, "version": 1 },
            "sent": [],
            "in_doubt": false,
        })
    );
    let mut article = there_and_back(&article);
    assert_eq!(article.dirty_fields(), ["title", "views"]);
    conn.batch_execute("UPDATE articles SET views = 15, version = 2").unwrap();
    assert!(article.save_optimistic(conn).unwrap_err().is_stale());
    article.rebase(conn).unwrap();
    article.save_optimistic(conn).unwrap();
    let row = load(conn);
    assert_eq!(
        (row.title.as_str(), row.views, row.token.as_str(), row.version),
        ("Locks", 16, "open sesame", 3)
    );
}

#[test]
fn what_was_sent_is_known_after_it_comes_back() {
    let conn = &mut connection();
    // The database rounds what I write, which is nobody's change.
    conn.batch_execute(
        "CREATE TRIGGER rounded AFTER UPDATE ON articles WHEN NEW.price <> round(NEW.price, 1) \
         BEGIN UPDATE articles SET price = round(NEW.price, 1) WHERE id = NEW.id; END",
    )
    .unwrap();
    let mut article = load(conn);
    article.price = 0.25;
    article.save_optimistic(conn).unwrap();
    let mut article = there_and_back(&article);
    article.price = 0.5;
    article.rebase(conn).unwrap();
    assert_eq!(article.price.to_bits(), 0.5_f64.to_bits());
}

#[test]
fn a_value_in_an_open_transaction_is_not_written_down() {
    let conn = &mut connection();
    let mut article = load(conn);
    let outcome = optimistic_transaction::<_, _, (), Error, _>(conn, &mut article, |conn, article| {
        article.title = "Locks".into();
        article.save_optimistic(conn)?;
        let error = serde_json::to_string(&*article).unwrap_err().to_string();
        assert_eq!(
            error,
            "a row of `articles` was written or read in a transaction whose end is not known yet: serialize it after that, or \
             reload it"
        );
        Err(diesel::result::Error::RollbackTransaction.into())
    });
    assert!(outcome.is_err());
    // Put back: it can be written down, and its change is still to be saved.
    assert_eq!(there_and_back(&article).dirty_fields(), ["title"]);
    // In a plain transaction nobody knows how it ends.
    conn.transaction::<_, Error, _>(|conn| article.save_optimistic(conn)).unwrap();
    assert!(serde_json::to_string(&article).is_err());
    article.reload(conn).unwrap();
    assert_eq!(there_and_back(&article).into_inner().title, "Locks");
}

#[test]
fn what_is_no_tracked_value_is_refused_by_name() {
    let good = serde_json::to_value(load(&mut connection())).unwrap();
    assert!(serde_json::from_value::<Tracked<Article>>(good.clone()).is_ok());
    let wrong = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
        let mut value = good.clone();
        change(value.as_object_mut().unwrap());
        serde_json::from_value::<Tracked<Article>>(value).unwrap_err().to_string()
    };
    assert_eq!(wrong(&|value| drop(value.remove("original"))), "missing field `original`");
    assert_eq!(wrong(&|value| drop(value.remove("in_doubt"))), "missing field `in_doubt`");
    assert_eq!(
        wrong(&|value| drop(value.insert("sent".into(), json!(["colour"])))),
        "`colour` is no field of a row of `articles`"
    );
    assert_eq!(
        wrong(&|value| drop(value.insert("more".into(), json!(1)))),
        "unknown field `more`, expected one of `original`, `value`, `sent`, `in_doubt`"
    );
    let twice = serde_json::to_string(&good).unwrap().replacen('{', "{\"in_doubt\":true,", 1);
    let error = serde_json::from_str::<Tracked<Article>>(&twice).unwrap_err().to_string();
    assert!(error.starts_with("`in_doubt` is given twice"), "{error}");
    // And formats without names.
    let parts = json!([good["original"], good["value"], [], false]);
    assert!(serde_json::from_value::<Tracked<Article>>(parts).is_ok());
    let parts = json!([good["original"], good["value"]]);
    let error = serde_json::from_value::<Tracked<Article>>(parts).unwrap_err().to_string();
    assert_eq!(error, "missing field `sent`");
}

#[test]
fn an_edit_is_of_the_row_that_its_base_is() {
    let conn = &mut connection();
    let base = load(conn).into_inner();
    let mine = Article { id: 7, title: "Locks".into(), version: 99, ..base.clone() };
    let mut edit = Tracked::from_edit(base.clone(), mine);
    assert_eq!((edit.id, edit.version, edit.original()), (1, 1, &base));
    assert_eq!(edit.dirty_fields(), ["title"]);
    edit.save_optimistic(conn).unwrap();
    assert_eq!(edit, load(conn));
}
