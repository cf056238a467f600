//! `testing::Watch`: what goes round the lock is found, and nothing that occ sends.

use std::panic::catch_unwind;

use diesel::connection::{Instrumentation as _, InstrumentationEvent, StrQueryHelper};
use diesel::prelude::*;
use diesel::sql_query;
use occ_runtime::testing::{Finding, FindingKind, Watch};
use occ_runtime::{Expect, OptimisticLock as _, bump_version};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, batch, begin, connect, delete, delete_all, execute, insert, insert_all, listen, overwrite,
    rollback, save, save_all, save_each, touch, update, update_at, upsert,
};
use super::insert::new;
use super::product::{Product, load, products};

fn kinds(watch: &Watch) -> Vec<FindingKind> {
    watch.findings().iter().map(Finding::kind).collect()
}

/// A connection of which a new watch of `products` hears everything.
async fn watched(database: &super::cell::Database) -> (Watch, Conn) {
    let mut conn = connect(database).await;
    let watch = Watch::new().table::<Product>();
    listen(&mut conn, watch.instrumentation());
    (watch, conn)
}

fn upsert_by_hand(set: &str) -> String {
    let insert = "INSERT INTO products (id, name, quantity, version) VALUES (1, 'lamp', 3, 1)";
    match BACKEND {
        Backend::Mysql => format!("{insert} ON DUPLICATE KEY UPDATE {set}"),
        Backend::Sqlite | Backend::Postgres => format!("{insert} ON CONFLICT (id) DO UPDATE SET {set}"),
    }
}

/// The scenarios' own watch would see it if occ sent such a statement.
#[test]
fn what_the_scenarios_send_is_watched() {
    let mut listener = occ_tests::watched::listener(None::<occ_tests::recorder::Recorder>);
    let query = StrQueryHelper::new("UPDATE products SET quantity = 1");
    listener.on_connection_event(InstrumentationEvent::start_query(&query));
    occ_tests::watched::assert();
    occ_tests::watched::model::<Product>();
    let by_hand = occ_tests::watched::by_hand();
    listener.on_connection_event(InstrumentationEvent::start_query(&query));
    drop(by_hand);
    occ_tests::watched::assert();
    listener.on_connection_event(InstrumentationEvent::start_query(&query));
    let asked = catch_unwind(occ_tests::watched::assert);
    let why = asked.unwrap_err().downcast::<String>().unwrap();
    assert!(why.contains("UPDATE products SET quantity = 1"), "{why}");
}

super::scenarios! {
    async fn each_write_that_goes_round_the_lock_is_found(database) {
        let (watch, mut conn) = watched(database).await;
        let conn = &mut conn;
        execute(diesel::update(products::table.find(1)).set(products::quantity.eq(7)), conn).await.unwrap();
        execute(sql_query(upsert_by_hand("quantity = 8")), conn).await.unwrap();
        execute(sql_query("UPDATE products SET quantity = 9 WHERE id = 1"), conn).await.unwrap();
        batch("SELECT 1; UPDATE products SET quantity = 10 WHERE id = 1; SELECT 2", conn).await.unwrap();
        let findings = watch.findings();
        let seen: Vec<_> = findings.iter().map(Finding::kind).collect();
        assert_eq!(seen, [FindingKind::Update, FindingKind::Upsert, FindingKind::Update, FindingKind::Update]);
        for finding in &findings {
            assert_eq!(finding.table(), "products");
            assert!(finding.cure().contains("bump_version::<Product>()"), "{finding}");
            let sentence = finding.to_string();
            assert!(sentence.contains("`products`") && sentence.contains("`version`"), "{sentence}");
            assert!(sentence.contains(finding.statement()) && sentence.contains(finding.cure()), "{sentence}");
        }
        assert!(findings[0].statement().starts_with("UPDATE "), "{}", findings[0]);
        assert!(!findings[0].statement().contains("binds"), "{}", findings[0]);
        assert_eq!(findings[1].statement(), upsert_by_hand("quantity = 8"));
        assert_eq!(findings[2].statement(), "UPDATE products SET quantity = 9 WHERE id = 1");
        assert_eq!(findings[3].statement(), "UPDATE products SET quantity = 10 WHERE id = 1");
        assert_eq!(watch.findings(), [], "they are told once");
        // None of them has moved the version, which is what was said of them.
        assert_eq!((load(1, conn).await.quantity, load(1, conn).await.version), (10, 1));
    }

    async fn a_version_that_moves_by_hand_is_not_found(database) {
        let (watch, mut conn) = watched(database).await;
        let conn = &mut conn;
        let moved = (products::quantity.eq(7), bump_version::<Product>());
        execute(diesel::update(products::table.find(1)).set(moved), conn).await.unwrap();
        execute(diesel::update(products::table.find(1)).set(products::version.eq(9)), conn).await.unwrap();
        execute(sql_query(upsert_by_hand("version = products.version + 1")), conn).await.unwrap();
        batch("UPDATE products SET version = version + 1; DELETE FROM products WHERE id = 3", conn).await.unwrap();
        watch.assert();
        assert_eq!(load(1, conn).await.version, 11);
        batch("UPDATE products SET version = version", conn).await.unwrap();
        assert_eq!(kinds(&watch), [FindingKind::VersionStays]);
    }

    async fn nothing_that_occ_sends_is_found(database) {
        let (watch, mut conn) = watched(database).await;
        let conn = &mut conn;
        let mut row = load(1, conn).await;
        save(&mut row, conn).await.unwrap();
        update(&mut row, products::quantity.eq(4), conn).await.unwrap();
        touch(&mut row, conn).await.unwrap();
        overwrite(&mut row, conn).await.unwrap();
        update_at(Product::at(1, row.version), products::quantity.eq(5), conn).await.unwrap();
        for expect in [Expect::Any, Expect::Any, Expect::At(1)] {
            upsert(&mut new(5), expect, conn).await.ok();
        }
        insert(&mut new(6), conn).await.unwrap();
        let mut rows: Vec<Product> = (101..=140).map(new).collect();
        insert_all(&mut rows, conn).await.unwrap();
        save_all(&mut rows, conn).await.unwrap();
        save_each(&mut rows, conn).await.unwrap().into_iter().for_each(Result::unwrap);
        delete_all(&rows, conn).await.unwrap();
        delete(&load(1, conn).await, conn).await.unwrap();
        watch.assert();
    }

    async fn a_statement_that_was_refused_has_written_nothing(database) {
        let (watch, mut conn) = watched(database).await;
        let conn = &mut conn;
        execute(sql_query("UPDATE products SET quantity = NULL"), conn).await.unwrap_err();
        execute(sql_query("UPDATE products SET missing = 1"), conn).await.unwrap_err();
        execute(diesel::update(products::table).set(products::id.eq(1)), conn).await.unwrap_err();
        batch("UPDATE products SET missing = 1", conn).await.unwrap_err();
        watch.assert();
        // Of several statements, those before the one that is refused may stay.
        batch("UPDATE products SET quantity = 1; UPDATE products SET missing = 1", conn).await.unwrap_err();
        assert_eq!(kinds(&watch), [FindingKind::Update, FindingKind::Update]);
    }

    async fn what_is_rolled_back_is_found(database) {
        let (watch, mut conn) = watched(database).await;
        let conn = &mut conn;
        begin(conn).await.unwrap();
        execute(diesel::update(products::table).set(products::quantity.eq(7)), conn).await.unwrap();
        rollback(conn).await.unwrap();
        assert_eq!(kinds(&watch), [FindingKind::Update]);
    }

    async fn deletes_and_exceptions_are_asked_for(database) {
        let mut conn = connect(database).await;
        let watch = Watch::new().table::<Product>().deletes().except(|statement| statement.contains("backfill"));
        listen(&mut conn, watch.instrumentation());
        let conn = &mut conn;
        delete(&load(1, conn).await, conn).await.unwrap();
        batch("UPDATE products SET quantity = 1 /* backfill */", conn).await.unwrap();
        watch.assert();
        execute(diesel::delete(products::table.find(2)), conn).await.unwrap();
        assert_eq!(kinds(&watch), [FindingKind::Delete]);
    }
}
