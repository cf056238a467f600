//! Rows as they were: what the triggers of `HistoryTrigger` keep, and what `revision` finds.

use std::sync::Barrier;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use occ_runtime::{Error, HistoryTrigger, VersionTrigger, bump_version};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, Database, batch, block_on, connect, delete, delete_all, execute, first, insert, record,
    reload, revision, save, save_all, touch, transaction, update,
};
use super::product::{Product, load, products};
use super::trigger_sql;

pub(crate) fn history() -> HistoryTrigger {
    HistoryTrigger::new("products", ["id"], "version", ["name", "note", "quantity"])
}

pub(super) async fn count(table: &str, conn: &mut Conn) -> i64 {
    first(diesel::dsl::sql::<BigInt>(&format!("SELECT count(*) FROM {table}")), conn).await.unwrap()
}

pub(super) async fn run(statement: &str, conn: &mut Conn) {
    execute(sql_query(statement), conn).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The row is kept as it was at each of these versions, or is at it now; and there is no other in the history.
async fn are_kept(rows: &[Product], conn: &mut Conn) {
    for row in rows {
        assert_eq!(revision(row.id, row.version, conn).await.unwrap().as_ref(), Some(row));
    }
}

async fn is_not_kept(id: i32, version: i32, conn: &mut Conn) {
    assert_eq!(revision::<Product, _, _>(id, version, conn).await.unwrap(), None);
}

super::scenarios! {
    async fn each_revision_is_there_once_and_as_it_was(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let mut row = load(1, conn).await;
        let mut was = vec![row.clone()];
        row.note = None;
        save(&mut row, conn).await.unwrap();
        was.push(row.clone());
        touch(&mut row, conn).await.unwrap();
        was.push(row.clone());
        update(&mut row, (products::note.eq("it's"), products::quantity.eq(-1)), conn).await.unwrap();
        was.push(row.clone());
        let bump = (products::name.eq("by Diesel"), bump_version::<Product>());
        execute(diesel::update(products::table.find(1)).set(bump), conn).await.unwrap();
        reload(&mut row, conn).await.unwrap();
        was.push(row.clone());
        run("UPDATE products SET name = 'by hand', version = 50 WHERE id = 1", conn).await;
        was.push(load(1, conn).await);
        are_kept(&was, conn).await;
        assert_eq!(count("products_history", conn).await, 5);
        for version in [0, 6, 49, 51] {
            is_not_kept(1, version, conn).await;
        }
        is_not_kept(2, 2, conn).await;
        is_not_kept(3, 1, conn).await;
        // A refused save leaves none, and a batch one for each row.
        let mut stale = was[0].clone();
        assert!(save(&mut stale, conn).await.unwrap_err().is_stale());
        let mut both = vec![load(1, conn).await, load(2, conn).await];
        was.extend(both.clone());
        save_all(&mut both, conn).await.unwrap();
        are_kept(&was, conn).await;
        are_kept(&both, conn).await;
        assert_eq!(count("products_history", conn).await, 7);
    }

    async fn a_deleted_row_is_kept_until_another_comes_to_its_versions(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let mut old = load(1, conn).await;
        let mut was = vec![old.clone()];
        for quantity in [20, 30] {
            old.quantity = quantity;
            save(&mut old, conn).await.unwrap();
            was.push(old.clone());
        }
        delete(&old, conn).await.unwrap();
        are_kept(&was, conn).await;
        delete_all(&[load(2, conn).await], conn).await.unwrap();
        assert_eq!(count("products_history", conn).await, 4);

        let mut new = Product { name: "another".into(), ..old.clone() };
        insert(&mut new, conn).await.unwrap();
        assert_eq!(new.version, 1);
        are_kept(&[new.clone()], conn).await;
        are_kept(&was[1..], conn).await;
        let first = new.clone();
        touch(&mut new, conn).await.unwrap();
        are_kept(&[first.clone(), new.clone()], conn).await;
        are_kept(&was[2..], conn).await;
        let second = new.clone();
        touch(&mut new, conn).await.unwrap();
        are_kept(&[first, second, new], conn).await;
    }

    async fn what_is_rolled_back_leaves_no_history(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let mut row = load(1, conn).await;
        let rolled_back: Result<(), Error> = transaction(conn, &mut row, async |conn, row| {
            save(row, conn).await?;
            save(row, conn).await?;
            assert_eq!(count("products_history", conn).await, 2);
            let mut was: Product = revision(1, 1, conn).await?.unwrap();
            assert_eq!((was.version, load(1, conn).await.version), (1, 3));
            delete(row, conn).await?;
            was.version = 3;
            assert_eq!(revision(1, 3, conn).await?, Some(was));
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        rolled_back.unwrap_err();
        assert_eq!(count("products_history", conn).await, 0);
        assert_eq!(row, load(1, conn).await);
        is_not_kept(1, 2, conn).await;
        save(&mut row, conn).await.unwrap();
        assert_eq!(count("products_history", conn).await, 1);
    }

    async fn with_a_trigger_that_moves_the_version_the_row_is_kept_as_it_was_before(database) {
        let conn = &mut connect(database).await;
        for is_history_first in [true, false] {
            let moves = VersionTrigger::counter("products", "version");
            trigger_sql::make(&moves, conn).await;
            batch(&trigger_sql::remove(&history()), conn).await.unwrap();
            trigger_sql::make(&history(), conn).await;
            if is_history_first {
                trigger_sql::make(&moves, conn).await;
            }
            let mut was = vec![load(1, conn).await];
            let statements = [
                "quantity = quantity - 1",
                "name = 'b', version = 0",
                "version = version",
                // Which has been there.
                "name = 'c', version = 1",
                "note = 'd', version = version + 1",
            ];
            for statement in statements {
                run(&format!("UPDATE products SET {statement} WHERE id = 1"), conn).await;
                was.push(load(1, conn).await);
            }
            are_kept(&was, conn).await;
            assert_eq!(was.last().unwrap().version, was[0].version + 5);
        }
        assert_eq!(count("products_history WHERE version > 0", conn).await, 10);
    }

    async fn a_key_that_changes_leaves_its_rows(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let was = load(1, conn).await;
        run("UPDATE products SET id = 7, version = 2 WHERE id = 1", conn).await;
        are_kept(&[was, load(7, conn).await], conn).await;
        is_not_kept(7, 1, conn).await;
        is_not_kept(1, 2, conn).await;
        // The version stays, and the key is another one.
        let was = load(2, conn).await;
        run("UPDATE products SET id = 8 WHERE id = 2", conn).await;
        are_kept(&[was, load(8, conn).await], conn).await;
    }

    async fn it_is_one_statement_for_the_present_row_and_two_for_another(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let recorder = record(conn);
        let columns = "products.id, products.name, products.note, products.quantity, products.version";
        let now = |version: i32| format!("SELECT {columns} FROM products WHERE id = ? AND version = ? -- [1, {version}]");
        let was = |version: i32| {
            format!("SELECT {columns} FROM products_history AS products WHERE id = ? AND version = ? -- [1, {version}]")
        };
        for version in [2, 1, 9] {
            revision::<Product, _, _>(1, version, conn).await.unwrap();
            let sent = recorder.take();
            if version == 2 {
                assert_eq!(sent, [now(2)]);
            } else {
                assert_eq!(sent, [now(version), was(version)]);
            }
        }
        assert_eq!(recorder.take_prepared(), 2, "both are kept");
        revision::<Product, _, _>(1, 1, conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 0);
    }

    async fn without_a_history_the_present_row_is_found_and_another_is_an_error(database) {
        let conn = &mut connect(database).await;
        are_kept(&[load(1, conn).await], conn).await;
        let missing = revision::<Product, _, _>(1, 2, conn).await.unwrap_err();
        assert!(matches!(missing, Error::Database(_)), "{missing:?}");
        assert!(!missing.is_retryable() && !missing.needs_new_connection());
        are_kept(&[load(1, conn).await], conn).await;
    }

    async fn triggers_go_and_what_is_kept_stays(database) {
        let conn = &mut connect(database).await;
        batch(&trigger_sql::remove(&history()), conn).await.unwrap();
        batch(&trigger_sql::create(&history()), conn).await.unwrap();
        let was = load(1, conn).await;
        run("UPDATE products SET version = 2 WHERE id = 1", conn).await;
        for _ in 0..2 {
            batch(&trigger_sql::remove(&history()), conn).await.unwrap();
        }
        run("UPDATE products SET version = 3 WHERE id = 1", conn).await;
        are_kept(std::slice::from_ref(&was), conn).await;
        is_not_kept(1, 2, conn).await;
        // The table has got a column, and the history one more of its own.
        for ddl in [
            "ALTER TABLE products ADD COLUMN color VARCHAR(9)",
            "ALTER TABLE products_history ADD COLUMN color VARCHAR(9)",
            "ALTER TABLE products_history ADD COLUMN kept_because VARCHAR(9) DEFAULT 'so'",
        ] {
            run(ddl, conn).await;
        }
        let conn = &mut connect(database).await;
        let wider = HistoryTrigger::new("products", ["id"], "version", ["name", "note", "quantity", "color"]);
        batch(&trigger_sql::create(&wider), conn).await.unwrap();
        run("UPDATE products SET color = 'red', version = 4 WHERE id = 1", conn).await;
        run("UPDATE products SET color = 'blue', version = 5 WHERE id = 1", conn).await;
        assert_eq!(count("products_history WHERE color = 'red' AND kept_because = 'so'", conn).await, 1);
        are_kept(&[was, load(1, conn).await], conn).await;
        batch(&trigger_sql::remove(&wider), conn).await.unwrap();
        if BACKEND == Backend::Postgres {
            let functions = "pg_proc WHERE pronamespace = current_schema()::regnamespace";
            assert_eq!(count(functions, conn).await, 0);
        }
    }

    async fn two_writers_leave_each_revision_once(database) {
        const ROUNDS: i32 = 40;
        trigger_sql::make(&history(), &mut connect(database).await).await;
        let start = Barrier::new(2);
        let writer = || block_on(add(database, ROUNDS, &start));
        let written: Vec<Vec<Product>> = std::thread::scope(|scope| {
            let writers = [scope.spawn(writer), scope.spawn(writer)];
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let conn = &mut connect(database).await;
        assert_eq!(count("products_history", conn).await, i64::from(2 * ROUNDS));
        let last = load(1, conn).await;
        assert_eq!((last.version, last.quantity), (1 + 2 * ROUNDS, 10 + 2 * ROUNDS));
        for writer in &written {
            are_kept(writer, conn).await;
        }
    }

    async fn a_client_that_knows_a_version_loses_nothing_of_anybodys(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let shown = load(1, conn).await;
        let mut theirs = load(1, conn).await;
        theirs.quantity = 3;
        save(&mut theirs, conn).await.unwrap();
        // What the client sends: its fields and the version.
        let (name, quantity) = ("desk lamp", shown.quantity);
        let base: Product = revision(1, shown.version, conn).await.unwrap().unwrap();
        assert_eq!(base, shown);
        let mut present = load(1, conn).await;
        if name != base.name {
            present.name = name.into();
        }
        if quantity != base.quantity {
            present.quantity = quantity;
        }
        save(&mut present, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.name.as_str(), row.quantity, row.version), ("desk lamp", 3, 3));
    }
}

/// Adds one to the first row so often, and gives back what was written.
async fn add(database: &Database, rounds: i32, start: &Barrier) -> Vec<Product> {
    let conn = &mut connect(database).await;
    let mut row = load(1, conn).await;
    let mut written = Vec::new();
    start.wait();
    for _ in 0..rounds {
        loop {
            row.quantity += 1;
            match save(&mut row, conn).await {
                Ok(()) => break,
                Err(error) if error.is_stale() => reload(&mut row, conn).await.unwrap(),
                Err(error) if error.is_retryable() => row.quantity -= 1,
                Err(error) => panic!("{error}"),
            }
        }
        written.push(row.clone());
    }
    written
}
