//! What each method sends on its common path: what the tables of `occ-runtime/docs/STATEMENTS.md` say, which are read here.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use diesel::prelude::*;
use occ_runtime::{
    Choice, DatabaseGenerated, Error, Expect, OptimisticLock, Outcome, Tracked, VersionTrigger,
};
use occ_tests::cell::{Backend, is_diesels_own};
use occ_tests::statements::{Statements, named};

use super::article::{self, articles};
use super::cell::{
    BACKEND, Conn, all, batch, begin, check_schema, commit, conflict, connect, create, create_if_absent,
    delete, delete_all, delete_all_tracked, delete_at, delete_expecting, delete_if, delete_tracked, execute,
    first, insert, insert_all, into_conflict, into_conflict_tracked, overwrite, rebase, rebase_with, record,
    reload, reload_tracked, revision, save, save_all, save_all_tracked, save_each, save_expecting, save_if,
    save_tracked, save_tracked_expecting, save_unversioned, settle, settle_tracked, touch, touch_at,
    touch_expecting, update, update_at, update_expecting, upsert, verify, verify_at,
};
use super::create;
use super::history::history;
use super::insert::new;
use super::product::{Product, load, products};
use super::trigger_sql;

/// This cell's column: the first of these that a table has.
pub(crate) fn columns() -> &'static [&'static str] {
    match BACKEND {
        Backend::Mysql if !is_diesels_own::<Conn>() => &["`MultiConnection` to MySQL", "`MultiConnection`"],
        Backend::Postgres if !is_diesels_own::<Conn>() => {
            &["`MultiConnection` to PostgreSQL", "`MultiConnection`"]
        }
        _ if !is_diesels_own::<Conn>() => &["`MultiConnection`"],
        Backend::Sqlite => &["SQLite"],
        Backend::Postgres => &["PostgreSQL"],
        Backend::Mysql => &["MySQL, MariaDB"],
    }
}

/// With a field that a save leaves alone.
#[derive(Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
struct Counted {
    id: i32,
    name: String,
    #[occ(unversioned)]
    quantity: i32,
    version: i32,
}

diesel::table! {
    stamps (id) {
        id -> Integer,
        name -> Text,
        quantity -> Integer,
        version -> Integer,
    }
}

/// Whose version the database makes.
#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stamps)]
struct Stamped {
    id: i32,
    name: String,
    quantity: i32,
    #[occ(version, generator = DatabaseGenerated)]
    #[diesel(skip_update)]
    version: i32,
}

/// Compared with what was loaded.
#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
#[occ(check = all)]
struct Compared {
    id: i32,
    name: String,
    quantity: i32,
}

async fn stamped(conn: &mut Conn) -> Stamped {
    first(stamps::table.find(1).select(Stamped::as_select()), conn).await.unwrap()
}

/// The methods of a trait that programs import: those whose connection is of any kind.
fn methods(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../occ-runtime/src/blocking").join(file);
    let text = fs::read_to_string(path).unwrap();
    let mut names = Vec::new();
    let mut within = false;
    for line in text.lines() {
        within = (within || line.starts_with("pub trait ") && line.contains("Dsl")) && line != "}";
        if within && let Some(rest) = line.strip_prefix("    fn ") {
            names.push(rest.split(['<', '(']).next().unwrap_or_default().to_owned());
        }
    }
    assert!(!names.is_empty(), "{file} has no method");
    names
}

#[test]
fn the_tables_name_every_method() {
    let mut missing = BTreeSet::new();
    for (file, before, parts) in [
        ("row.rs", "", &["rows", "locks", "transactions"][..]),
        ("expecting.rs", "", &["rows", "reports"]),
        ("aggregate.rs", "", &["aggregates"]),
        ("insert.rs", "", &["new rows"]),
        ("batch.rs", "", &["batches"]),
        ("at.rs", "at(..).", &["at", "locks", "soft deletes"]),
        ("soft_delete.rs", "", &["soft deletes"]),
        ("tracked.rs", "tracked.", &["tracked", "lost answers"]),
        ("merging.rs", "tracked.", &["transactions"]),
        ("tracked_batch.rs", "tracked.", &["batches"]),
        ("settle.rs", "", &["lost answers"]),
        ("retry.rs", "policy.", &["transactions"]),
        ("schema.rs", "", &["schema"]),
        ("history.rs", "", &["at"]),
    ] {
        let named: Vec<String> = parts.iter().flat_map(|part| named(part)).collect();
        missing.extend(
            methods(file)
                .into_iter()
                .map(|name| format!("{before}{name}"))
                .filter(|name| !named.contains(name)),
        );
    }
    assert!(missing.is_empty(), "occ-runtime/docs/STATEMENTS.md does not say what they send: {missing:?}");
}

super::scenarios! {
    async fn a_row_in_memory(database) {
        let conn = &mut connect(database).await;
        let mut row = load(1, conn).await;
        let mut statements = Statements::of(record(conn));
        save(&mut row, conn).await.unwrap();
        statements.sent("`save_optimistic`");
        save_if(&mut row, products::quantity.gt(0), conn).await.unwrap();
        statements.sent("`save_optimistic_if`");
        let version = row.version;
        save_expecting(&mut row, &version, conn).await.unwrap();
        statements.sent("`save_optimistic_expecting`");
        update(&mut row, products::quantity.eq(4), conn).await.unwrap();
        statements.sent("`update_optimistic`");
        let version = row.version;
        update_expecting(&mut row, &version, products::quantity.eq(5), conn).await.unwrap();
        statements.sent("`update_optimistic_expecting`");
        touch(&mut row, conn).await.unwrap();
        statements.sent("`touch_optimistic`");
        let version = row.version;
        touch_expecting(&mut row, &version, conn).await.unwrap();
        statements.sent("`touch_optimistic_expecting`");
        overwrite(&mut row, conn).await.unwrap();
        statements.sent("`overwrite_optimistic`");
        save_unversioned(&Counted { id: 1, name: row.name.clone(), quantity: 7, version: 1 }, conn).await.unwrap();
        statements.sent("`save_unversioned`");
        verify(&row, conn).await.unwrap();
        statements.sent("`verify_optimistic`");
        reload(&mut row, conn).await.unwrap();
        statements.sent("`reload`");
        into_conflict(row.clone(), conn).await.unwrap();
        statements.sent("`into_conflict`");
        begin(conn).await.unwrap();
        statements.forget();
        save(&mut row, conn).await.unwrap();
        statements.sent("`save_optimistic`, in a transaction");
        update(&mut row, products::quantity.eq(6), conn).await.unwrap();
        statements.sent("`update_optimistic`, in a transaction");
        commit(conn).await.unwrap();
        statements.forget();
        assert!(save(&mut new(1), conn).await.unwrap_err().is_stale());
        statements.sent("`save_optimistic` that is refused");
        delete(&row, conn).await.unwrap();
        statements.sent("`delete_optimistic`");
        let two = load(2, conn).await;
        statements.forget();
        delete_if(&two, products::quantity.gt(0), conn).await.unwrap();
        statements.sent("`delete_optimistic_if`");
        let mut three = new(3);
        insert(&mut three, conn).await.unwrap();
        statements.forget();
        delete_expecting(&three, &1, conn).await.unwrap();
        statements.sent("`delete_optimistic_expecting`");
        statements.compare("rows", columns());
    }

    async fn a_row_whose_write_may_be_lost(database) {
        article::create_table(database).await;
        let conn = &mut connect(database).await;
        // No other test breaks off a write of these, which the program would remember.
        let mut row = Product { id: 902, ..new(3) };
        insert(&mut row, conn).await.unwrap();
        batch("UPDATE articles SET id = 903 WHERE id = 1", conn).await.unwrap();
        let mut tracked = article::load(903, conn).await;
        let mut statements = Statements::of(record(conn));
        assert_eq!(settle(&mut row, conn).await.unwrap(), Outcome::Stored);
        statements.sent("`settle`");
        tracked.title = "Gates".into();
        assert_eq!(settle_tracked(&mut tracked, conn).await.unwrap(), Outcome::NotStored);
        statements.sent("`tracked.settle`");
        statements.compare("lost answers", columns());
    }

    async fn a_row_that_is_not_in_memory(database) {
        let conn = &mut connect(database).await;
        let mut statements = Statements::of(record(conn));
        update_at(Product::at(1, 1), products::quantity.eq(4), conn).await.unwrap();
        statements.sent("`at(..).update`");
        touch_at(Product::at(1, 2), conn).await.unwrap();
        statements.sent("`at(..).touch`");
        verify_at(Product::at(1, 3), conn).await.unwrap();
        statements.sent("`at(..).verify`");
        trigger_sql::make(&history(), conn).await;
        statements.forget();
        assert!(revision::<Product, _, _>(1, 3, conn).await.unwrap().is_some());
        statements.sent("`revision` of the present version");
        delete_at(Product::at(1, 3), conn).await.unwrap();
        statements.sent("`at(..).delete`");
        assert!(revision::<Product, _, _>(1, 3, conn).await.unwrap().is_some());
        statements.sent("`revision` of another version");
        statements.compare("at", columns());
    }

    async fn a_table_that_is_looked_at(database) {
        let conn = &mut connect(database).await;
        let mut statements = Statements::of(record(conn));
        assert_eq!(check_schema::<Product>(conn).await.unwrap(), []);
        statements.sent("`check_schema`");
        statements.compare("schema", columns());
    }

    async fn a_new_row(database) {
        let conn = &mut connect(database).await;
        create::create_table(conn).await;
        let mut statements = Statements::of(record(conn));
        insert(&mut new(3), conn).await.unwrap();
        statements.sent("`insert_optimistic`");
        let _: create::Order = create(create::orders::customer.eq("Ada"), conn).await.unwrap();
        statements.sent("`create_optimistic`");
        let values = (products::id.eq(4), products::name.eq("new"), products::quantity.eq(1));
        assert!(create_if_absent::<Product, _, _>(values, 4, conn).await.unwrap().is_new());
        statements.sent("`create_if_absent`");
        assert!(!create_if_absent::<Product, _, _>(values, 4, conn).await.unwrap().is_new());
        statements.sent("`create_if_absent`, the row is there");
        upsert(&mut new(5), Expect::Absent, conn).await.unwrap();
        statements.sent("`upsert_optimistic` with `Expect::Absent`");
        upsert(&mut new(5), Expect::At(1), conn).await.unwrap();
        statements.sent("`upsert_optimistic` with `Expect::At`");
        upsert(&mut new(6), Expect::Any, conn).await.unwrap();
        statements.sent("`upsert_optimistic` with `Expect::Any`");
        upsert(&mut new(6), Expect::Any, conn).await.unwrap();
        statements.sent("`upsert_optimistic` with `Expect::Any`, the row is there");
        assert!(matches!(insert(&mut new(6), conn).await, Err(Error::Exists(_))));
        statements.sent("`insert_optimistic` that is refused");
        statements.compare("new rows", columns());
    }

    async fn forty_rows_at_once(database) {
        let conn = &mut connect(database).await;
        let mut rows: Vec<Product> = (101..=140).map(new).collect();
        let mut statements = Statements::of(record(conn));
        insert_all(&mut rows, conn).await.unwrap();
        statements.sent("`insert_all_optimistic`");
        save_all(&mut rows, conn).await.unwrap();
        statements.sent("`save_all_optimistic`");
        save_each(&mut rows, conn).await.unwrap().into_iter().for_each(Result::unwrap);
        statements.sent("`save_each_optimistic`");
        delete_all(&rows, conn).await.unwrap();
        statements.sent("`delete_all_optimistic`");
        article::create_table(database).await;
        let rows: Vec<_> = (101..=140).map(|id| format!("({id}, 'Doors', 'They close.', NULL, 1, '', 0, '', 1)")).collect();
        batch(&format!("DELETE FROM articles; INSERT INTO articles VALUES {}", rows.join(", ")), conn).await.unwrap();
        let select = articles::table.order(articles::id).select(Tracked::<article::Article>::as_select());
        let mut rows: Vec<Tracked<article::Article>> = all(select, conn).await.unwrap();
        statements.forget();
        for row in &mut rows {
            row.title.push('!');
        }
        save_all_tracked(&mut rows, conn).await.unwrap();
        statements.sent("`tracked.save_all_optimistic`, the same column was changed");
        for row in &mut rows {
            if row.id <= 110 { row.body.push('!') } else { row.title.push('!') }
        }
        save_all_tracked(&mut rows, conn).await.unwrap();
        statements.sent("`tracked.save_all_optimistic`, another column of the first ten rows");
        save_all_tracked(&mut rows, conn).await.unwrap();
        statements.sent("`tracked.save_all_optimistic`, nothing was changed");
        delete_all_tracked(&rows, conn).await.unwrap();
        statements.sent("`tracked.delete_all_optimistic`");
        statements.compare("batches", columns());
    }

    async fn a_tracked_row(database) {
        article::create_table(database).await;
        let conn = &mut connect(database).await;
        let mut row = article::load(1, conn).await;
        let mut statements = Statements::of(record(conn));
        row.title = "Gates".into();
        save_tracked(&mut row, conn).await.unwrap();
        statements.sent("`tracked.save_optimistic`");
        save_tracked(&mut row, conn).await.unwrap();
        statements.sent("`tracked.save_optimistic`, nothing was changed");
        row.title = "Windows".into();
        save_tracked_expecting(&mut row, &2, conn).await.unwrap();
        statements.sent("`tracked.save_optimistic_expecting`");
        article::somebody_counts(database).await;
        row.views += 1;
        rebase(&mut row, conn).await.unwrap();
        statements.sent("`tracked.rebase`");
        execute(diesel::update(articles::table.find(1)).set((articles::title.eq("Theirs"), articles::version.eq(9))), conn)
            .await
            .unwrap();
        statements.forget();
        row.title = "Mine".into();
        rebase_with(&mut row, conn, |_, _, _, _| Choice::Mine).await.unwrap();
        statements.sent("`tracked.rebase_with`");
        conflict(&row, conn).await.unwrap();
        statements.sent("`tracked.conflict`");
        into_conflict_tracked(row.clone(), conn).await.unwrap();
        statements.sent("`tracked.into_conflict`");
        reload_tracked(&mut row, conn).await.unwrap();
        statements.sent("`tracked.reload`");
        delete_tracked(&row, conn).await.unwrap();
        statements.sent("`tracked.delete_optimistic`");
        let mut row: Tracked<Compared> =
            first(products::table.find(1).select(Tracked::<Compared>::as_select()), conn).await.unwrap();
        statements.forget();
        row.quantity += 1;
        save_tracked(&mut row, conn).await.unwrap();
        statements.sent("`tracked.save_optimistic`, by `check = all`");
        delete_tracked(&row, conn).await.unwrap();
        statements.sent("`tracked.delete_optimistic`, by `check = all`");
        statements.compare("tracked", columns());
    }

    async fn a_row_whose_version_the_database_makes(database) {
        let conn = &mut connect(database).await;
        let table = "CREATE TABLE stamps (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, quantity INTEGER NOT NULL, \
            version INTEGER NOT NULL DEFAULT 1)";
        batch(table, conn).await.unwrap();
        trigger_sql::make(&VersionTrigger::counter("stamps", "version"), conn).await;
        let mut row = Stamped { id: 1, name: "new".into(), quantity: 1, version: 0 };
        let mut statements = Statements::of(record(conn));
        insert(&mut row, conn).await.unwrap();
        statements.sent("`insert_optimistic`");
        save(&mut row, conn).await.unwrap();
        statements.sent("`save_optimistic`");
        touch(&mut row, conn).await.unwrap();
        statements.sent("`touch_optimistic`");
        update(&mut row, stamps::quantity.eq(3), conn).await.unwrap();
        statements.sent("`update_optimistic`");
        let version = row.version;
        upsert(&mut row, Expect::At(version), conn).await.unwrap();
        statements.sent("`upsert_optimistic` with `Expect::At`");
        update_at(Stamped::at(1, row.version), stamps::quantity.eq(4), conn).await.unwrap();
        statements.sent("`at(..).update`");
        row = stamped(conn).await;
        delete(&row, conn).await.unwrap();
        statements.forget();
        let mut rows: Vec<Stamped> =
            (101..=140).map(|id| Stamped { id, ..row.clone() }).collect();
        insert_all(&mut rows, conn).await.unwrap();
        statements.sent("`insert_all_optimistic`, 40 rows");
        save_all(&mut rows, conn).await.unwrap();
        statements.sent("`save_all_optimistic`, 40 rows");
        statements.compare("made by the database", columns());
    }
}
