//! Many rows at once, each for itself: those that fit are written, the others are named.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock};
use occ_tests::cell::Backend;

use super::batch::MOST;
use super::cell::{Conn, KNOWN_AS, all, batch, begin, commit, connect, record, save_all, save_each};
use super::product::{Product, load, products};

/// Leaves `note` alone where it is `None`: its rows go one by one.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = products, treat_none_as_null = false)]
struct Patch {
    id: i32,
    note: Option<String>,
    version: i32,
}

async fn stored(conn: &mut Conn) -> Vec<Product> {
    all(products::table.order(products::id).select(Product::as_select()), conn).await.unwrap()
}

/// Rows 1 to `rows`, each at version 1.
async fn insert(rows: i32, conn: &mut Conn) -> Vec<Product> {
    batch("DELETE FROM products", conn).await.unwrap();
    let rows: Vec<_> = (1..=rows).map(|id| format!("({id}, 'row {id}', NULL, {id}, 1)")).collect();
    batch(&format!("INSERT INTO products VALUES {}", rows.join(", ")), conn).await.unwrap();
    stored(conn).await
}

fn updates(statements: &[String]) -> usize {
    statements.iter().filter(|statement| statement.starts_with("UPDATE")).count()
}

/// The statements without their values.
fn texts(statements: &[String]) -> Vec<String> {
    statements.iter().map(|statement| statement.split(" -- ").next().unwrap_or_default().to_owned()).collect()
}

/// What each row came to: the version that the row is at, if it is stale.
fn stale(outcomes: &[Result<(), Error>]) -> Vec<Option<(&str, Option<&str>)>> {
    let stale = |outcome| match outcome {
        &Ok(()) => None,
        Err(Error::Stale(stale)) => Some((stale.key(), stale.actual())),
        Err(error) => panic!("{error:?}"),
    };
    outcomes.iter().map(stale).collect()
}

super::scenarios! {
    async fn what_fits_is_written_and_the_rest_is_named_in_the_order_of_the_slice(database) {
        let conn = &mut connect(database).await;
        for reversed in [false, true] {
            let mut rows = insert(300, conn).await;
            batch("UPDATE products SET version = 2 WHERE id IN (7, 200)", conn).await.unwrap();
            batch("DELETE FROM products WHERE id = 30", conn).await.unwrap();
            if reversed {
                rows.reverse();
            }
            for row in &mut rows {
                row.quantity += 1000;
            }
            let before = rows.clone();
            let recorder = record(conn);
            let outcomes = save_each(&mut rows, conn).await.unwrap();
            let sent = updates(&recorder.take());
            let most = match KNOWN_AS {
                Backend::Sqlite => 300,
                Backend::Postgres => 60,
                Backend::Mysql => 70,
            };
            assert!(sent <= most, "{sent} statements");
            for ((row, before), outcome) in rows.iter().zip(&before).zip(stale(&outcomes)) {
                let expected = match row.id {
                    7 => Some(("7", Some("2"))),
                    200 => Some(("200", Some("2"))),
                    30 => Some(("30", None)),
                    _ => None,
                };
                assert_eq!(outcome, expected);
                let moved = i32::from(expected.is_none());
                assert_eq!(*row, Product { version: before.version + moved, ..before.clone() });
            }
            for row in stored(conn).await {
                let is_written = !matches!(row.id, 7 | 200);
                assert_eq!((row.quantity, row.version), (row.id + if is_written { 1000 } else { 0 }, 2));
            }
        }
    }

    async fn where_nothing_is_stale_the_statements_are_those_of_a_batch(database) {
        let conn = &mut connect(database).await;
        let mut rows = insert(200, conn).await;
        let recorder = record(conn);
        save_all(&mut rows, conn).await.unwrap();
        let batch = texts(&recorder.take());
        let outcomes = save_each(&mut rows, conn).await.unwrap();
        assert_eq!(texts(&recorder.take()), batch);
        assert_eq!(updates(&batch), 200_usize.div_ceil(MOST));
        assert_eq!((outcomes.len(), outcomes.iter().all(Result::is_ok)), (200, true));
        assert!(rows.iter().all(|row| row.version == 3));
        assert_eq!(stored(conn).await, rows);
    }

    async fn all_may_be_stale_and_nothing_is_written(database) {
        let conn = &mut connect(database).await;
        let mut rows = insert(40, conn).await;
        batch("UPDATE products SET version = 9", conn).await.unwrap();
        let before = rows.clone();
        let outcomes = save_each(&mut rows, conn).await.unwrap();
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(Error::Stale(_)))));
        assert_eq!(rows, before);
    }

    async fn no_rows_and_two_values_for_one_send_nothing(database) {
        let conn = &mut connect(database).await;
        let lamp = load(1, conn).await;
        let recorder = record(conn);
        assert!(save_each::<Product>(&mut [], conn).await.unwrap().is_empty());
        assert!(matches!(save_each(&mut [lamp.clone(), lamp], conn).await, Err(Error::DuplicateRow(_))));
        assert_eq!(recorder.take(), [""; 0]);
    }

    async fn a_database_error_is_of_the_whole_and_nothing_is_written(database) {
        let conn = &mut connect(database).await;
        let mut rows = insert(40, conn).await;
        batch("CREATE UNIQUE INDEX quantities ON products (quantity)", conn).await.unwrap();
        batch("UPDATE products SET version = 2 WHERE id = 3", conn).await.unwrap();
        for row in &mut rows {
            row.name = "changed".into();
        }
        rows[30].quantity = 5;
        let (before, there) = (rows.clone(), stored(conn).await);
        assert!(matches!(save_each(&mut rows, conn).await, Err(Error::Database(_))));
        assert_eq!((rows, stored(conn).await), (before, there));
    }

    async fn a_version_without_successor_ends_the_whole(database) {
        let conn = &mut connect(database).await;
        let mut rows = insert(3, conn).await;
        batch("UPDATE products SET version = 2147483647 WHERE id = 2", conn).await.unwrap();
        rows[1].version = i32::MAX;
        let (before, there) = (rows.clone(), stored(conn).await);
        assert!(matches!(save_each(&mut rows, conn).await, Err(Error::Version(_))));
        assert_eq!((rows, stored(conn).await), (before, there));
    }

    async fn values_that_move_between_rows_are_written_in_the_order_of_the_slice(database) {
        let conn = &mut connect(database).await;
        let mut rows = insert(20, conn).await;
        batch("CREATE UNIQUE INDEX quantities ON products (quantity)", conn).await.unwrap();
        batch("UPDATE products SET version = 2 WHERE id = 1", conn).await.unwrap();
        // Each takes the value that the one before it has just given up; the last one is stale.
        rows.reverse();
        for row in &mut rows {
            row.quantity += 1;
        }
        let outcomes = save_each(&mut rows, conn).await.unwrap();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_err()).count(), 1);
        assert!(outcomes[19].is_err());
        for row in stored(conn).await {
            assert_eq!((row.quantity, row.version), (row.id + i32::from(row.id > 1), 2));
        }
    }

    async fn rows_that_go_one_by_one_are_named_as_well(database) {
        let conn = &mut connect(database).await;
        let rows = insert(12, conn).await;
        batch("UPDATE products SET version = 2 WHERE id = 5", conn).await.unwrap();
        let patch = |row: &Product| Patch { id: row.id, note: (row.id % 2 == 0).then(|| "even".into()), version: 1 };
        let mut patches: Vec<Patch> = rows.iter().rev().map(patch).collect();
        let outcomes = save_each(&mut patches, conn).await.unwrap();
        for (patch, outcome) in patches.iter().zip(stale(&outcomes)) {
            assert_eq!(outcome, (patch.id == 5).then_some(("5", Some("2"))));
            assert_eq!(patch.version, if patch.id == 5 { 1 } else { 2 });
        }
        for row in stored(conn).await {
            assert_eq!((row.note.is_some(), row.version), (row.id % 2 == 0, 2));
        }
    }

    async fn within_a_transaction_it_keeps_what_was_done_before(database) {
        let conn = &mut connect(database).await;
        let mut rows = insert(20, conn).await;
        begin(conn).await.unwrap();
        batch("UPDATE products SET version = 2 WHERE id = 4", conn).await.unwrap();
        let outcomes = save_each(&mut rows, conn).await.unwrap();
        commit(conn).await.unwrap();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_err()).count(), 1);
        assert!(stored(conn).await.iter().all(|row| row.version == 2));
    }
}
