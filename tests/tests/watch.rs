//! `testing::Watch` as a test suite uses it: for each connection of a process, with models of every kind, and dropped unread. What it finds
//! on each database is in `scenarios/watch.rs`, and which statements it reads in occ-runtime's own tests.
#![cfg(all(feature = "sqlite", feature = "version_types"))]

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::sql_query;
use occ_runtime::prelude::*;
use occ_runtime::testing::{Finding, FindingKind, Watch};
use occ_tests::database::TestDatabase as _;
use occ_tests::sqlite::Database;

mod schema {
    diesel::table! {
        products (id) { id -> Integer, name -> Text, views -> Integer, version -> Integer }
    }
    diesel::table! {
        main.parcels (id) { id -> Integer, name -> Text, version -> Text }
    }
    diesel::table! {
        stamps (id) { id -> Integer, name -> Text, version -> Integer }
    }
}
use schema::{parcels, products, stamps};

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
struct Product {
    id: i32,
    name: String,
    #[occ(unversioned)]
    views: i32,
    version: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = parcels)]
struct Parcel {
    id: i32,
    name: String,
    #[occ(version, generator = UuidV4)]
    version: String,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stamps)]
struct Stamp {
    id: i32,
    name: String,
    #[occ(version, generator = DatabaseGenerated)]
    #[diesel(skip_update)]
    version: i32,
}

const TABLES: &str = "
    CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, views INTEGER NOT NULL, version INTEGER NOT NULL);
    INSERT INTO products VALUES (1, 'lamp', 0, 1);
    CREATE TABLE parcels (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL);
    INSERT INTO parcels VALUES (1, 'box', 'a');
    CREATE TABLE stamps (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1);
    CREATE TRIGGER moves AFTER UPDATE ON stamps FOR EACH ROW WHEN NEW.version = OLD.version
    BEGIN UPDATE stamps SET version = OLD.version + 1 WHERE id = OLD.id; END;
    INSERT INTO stamps VALUES (1, 'old', 1);";

const PLANTED: &str = "UPDATE products SET name = 'x'";

/// A connection that this watch hears.
fn heard_by(watch: &Watch) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.set_instrumentation(watch.instrumentation());
    conn.batch_execute(TABLES).unwrap();
    conn
}

fn kinds(watch: &Watch) -> Vec<FindingKind> {
    watch.findings().iter().map(Finding::kind).collect()
}

/// What a panic says.
fn panic_of<T>(body: impl FnOnce() -> T) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(body)) else { return String::new() };
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => (*payload.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[test]
fn each_connection_that_is_opened_is_heard() {
    let database = Database::create().unwrap();
    let watch = Watch::new().table::<Product>();
    watch.on_new_connections().unwrap();
    let pool = Pool::builder()
        .max_size(2)
        .build(ConnectionManager::<SqliteConnection>::new(database.url()))
        .unwrap();
    let (a, b) = (&mut pool.get().unwrap(), &mut pool.get().unwrap());
    a.batch_execute(TABLES).unwrap();
    watch.assert();
    diesel::update(products::table).set(products::name.eq("x")).execute(a).unwrap();
    sql_query(PLANTED).execute(b).unwrap();
    // They were heard to be opened, and so are known to be of SQLite: to MySQL this would be a comment.
    b.batch_execute("SELECT 1; /*! UPDATE products SET name = 'x' */").unwrap();
    let findings = watch.findings();
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert_eq!(findings[0].statement(), "UPDATE `products` SET `name` = ?");
    assert_eq!(findings[1].statement(), PLANTED);
    assert_eq!(findings[1].thread(), std::thread::current().name());
    drop(watch);
    // Nobody listens any more to connections that are opened now.
    let mut conn = SqliteConnection::establish(&database.url()).unwrap();
    sql_query(PLANTED).execute(&mut conn).unwrap();
}

#[test]
fn a_watch_that_nobody_asked_fails_when_it_is_dropped() {
    let watch = Watch::new().table::<Product>();
    let conn = &mut heard_by(&watch);
    sql_query(PLANTED).execute(conn).unwrap();
    let clone = watch.clone();
    drop(watch);
    let why = panic_of(|| drop(clone));
    assert!(why.contains("nobody has asked") && why.contains(PLANTED), "{why}");
}

#[test]
fn a_test_that_fails_already_fails_for_its_own_reason() {
    let why = panic_of(|| {
        let watch = Watch::new().table::<Product>();
        sql_query(PLANTED).execute(&mut heard_by(&watch)).unwrap();
        panic!("first");
    });
    assert_eq!(why, "first");
}

#[test]
fn what_was_asked_for_fails_once() {
    let watch = Watch::new().table::<Product>();
    let conn = &mut heard_by(&watch);
    sql_query(PLANTED).execute(conn).unwrap();
    let why = panic_of(|| watch.assert());
    assert!(
        why.contains(PLANTED) && why.contains("`products`") && why.contains("bump_version::<Product>()"),
        "{why}"
    );
    watch.assert();
}

#[test]
fn without_a_watch_a_finding_fails_where_it_is_sent() {
    let watch = Watch::new().table::<Product>();
    let conn = &mut heard_by(&watch);
    drop(watch);
    let why = panic_of(|| sql_query(PLANTED).execute(conn));
    assert!(why.contains(PLANTED), "{why}");
    // It was not sent, and the connection can be used.
    let mut row: Product = products::table.select(Product::as_select()).first(conn).unwrap();
    assert_eq!(row.name, "lamp");
    row.save_optimistic(conn).unwrap();
}

#[test]
fn unversioned_columns_may_be_written_alone() {
    let watch = Watch::new().table::<Product>();
    let conn = &mut heard_by(&watch);
    let row: Product = products::table.select(Product::as_select()).first(conn).unwrap();
    row.save_unversioned(conn).unwrap();
    diesel::update(products::table).set(products::views.eq(products::views + 1)).execute(conn).unwrap();
    watch.assert();
    let both = (products::views.eq(1), products::name.eq("x"));
    diesel::update(products::table).set(both).execute(conn).unwrap();
    assert_eq!(kinds(&watch), [FindingKind::Update]);
}

#[test]
fn what_the_database_moves_may_be_written() {
    let watch = Watch::new().table::<Stamp>();
    let conn = &mut heard_by(&watch);
    let mut row: Stamp = stamps::table.select(Stamp::as_select()).first(conn).unwrap();
    row.save_optimistic(conn).unwrap();
    diesel::update(stamps::table).set(stamps::name.eq("new")).execute(conn).unwrap();
    watch.assert();
    // No trigger on updates sees a row that is replaced.
    diesel::replace_into(stamps::table)
        .values((stamps::id.eq(1), stamps::name.eq("x")))
        .execute(conn)
        .unwrap();
    assert_eq!(kinds(&watch), [FindingKind::Replace]);
}

#[test]
fn a_model_says_which_table_and_which_versions() {
    let watch = Watch::new().table::<Parcel>();
    let conn = &mut heard_by(&watch);
    diesel::update(parcels::table).set(parcels::name.eq("x")).execute(conn).unwrap();
    let findings = watch.findings();
    assert_eq!(findings[0].table(), "main.parcels");
    assert!(findings[0].cure().contains("Parcel"), "{}", findings[0]);
    // Each first version is a new one, so that it may be set again.
    let values = (parcels::id.eq(1), parcels::name.eq("x"), parcels::version.eq(Parcel::initial_version()));
    let upsert =
        diesel::insert_into(parcels::table).values(values.clone()).on_conflict(parcels::id).do_update();
    upsert.set(parcels::version.eq(diesel::upsert::excluded(parcels::version))).execute(conn).unwrap();
    diesel::replace_into(parcels::table).values(values).execute(conn).unwrap();
    conn.batch_execute("CREATE TEMPORARY TABLE parcels (name TEXT); UPDATE temp.parcels SET name = 'x'")
        .unwrap();
    watch.assert();
}
