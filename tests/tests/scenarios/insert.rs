//! Rows that are made of a whole struct.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use occ_runtime::{Error, Operation};
use occ_tests::cell::{Backend, is_diesels_own};

use super::cell::{
    BACKEND, Conn, batch, begin, connect, first, insert, insert_all, record, rollback, save, transaction,
};
use super::product::{Product, load, products};
use super::server::{is_newer_than_snapshot, refuses_old_snapshots};

pub(super) fn new(id: i32) -> Product {
    Product { id, name: format!("product {id}"), note: None, quantity: id, version: 77 }
}

pub(super) async fn count(conn: &mut Conn) -> i64 {
    first(products::table.count(), conn).await.unwrap()
}

/// What is said where a key may be taken.
pub(super) fn on_conflict(key: &str) -> String {
    if BACKEND == Backend::Mysql { String::new() } else { format!(" ON CONFLICT ({key}) DO NOTHING") }
}

fn look() -> &'static str {
    if BACKEND == Backend::Mysql {
        "SELECT version FROM products WHERE id = ? LOCK IN SHARE MODE -- [1]"
    } else {
        "SELECT version FROM products WHERE id = ? -- [1]"
    }
}

super::scenarios! {
    async fn a_row_is_inserted_whole_at_the_first_version_by_one_statement(database) {
        let conn = &mut connect(database).await;
        let mut product = Product { note: Some("new".into()), ..new(3) };
        let recorder = record(conn);
        insert(&mut product, conn).await.unwrap();
        assert_eq!(recorder.take(), [format!(
            "INSERT INTO products (id, name, note, quantity, version) VALUES (?, ?, ?, ?, ?){} \
             -- [3, \"product 3\", \"new\", 3, 1]",
            on_conflict("id")
        )]);
        assert_eq!(product, Product { note: Some("new".into()), version: 1, ..new(3) });
        assert_eq!(load(3, conn).await, product);
        assert_eq!(recorder.take_prepared(), 2);
        insert(&mut new(4), conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 0, "it is kept");
        save(&mut product, conn).await.unwrap();
        assert_eq!((product.version, count(conn).await), (2, 4));
    }

    async fn a_key_that_is_taken_is_named_with_the_version_there(database) {
        let conn = &mut connect(database).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let mut product = new(1);
        let recorder = record(conn);
        let Err(Error::Exists(exists)) = insert(&mut product, conn).await else { panic!("it is there") };
        let sent = recorder.take();
        assert_eq!((sent.len(), sent[1].as_str()), (2, look()), "{sent:?}");
        assert_eq!((exists.table(), exists.key(), exists.actual()), ("products", "1", Some("2")));
        assert_eq!(exists.operation(), Operation::Insert);
        let error = Error::from(exists);
        assert!(!error.is_retryable() && !error.is_stale() && !error.needs_new_connection());
        assert_eq!(product, new(1), "memory is as it was");
        assert_eq!(load(1, conn).await.name, "lamp", "and so is the row");
    }

    async fn a_key_that_is_taken_leaves_the_transaction_usable(database) {
        let conn = &mut connect(database).await;
        let mut product = new(1);
        let result: Result<(), Error> = transaction(conn, &mut product, async |conn, product| {
            assert!(matches!(insert(product, conn).await, Err(Error::Exists(_))));
            let mut other = new(5);
            insert(&mut other, conn).await?;
            other.quantity = 6;
            save(&mut other, conn).await
        })
        .await;
        result.unwrap();
        assert_eq!((load(5, conn).await.version, load(5, conn).await.quantity), (2, 6));
    }

    async fn what_violates_another_index_is_the_databases_own_error(database) {
        let conn = &mut connect(database).await;
        batch("CREATE UNIQUE INDEX one_name ON products (name)", conn).await.unwrap();
        let mut product = Product { name: "lamp".into(), ..new(3) };
        let before = product.clone();
        let error = insert(&mut product, conn).await.unwrap_err();
        assert!(
            matches!(&error, Error::Database(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))),
            "{error:?}"
        );
        assert_eq!((product, count(conn).await), (before, 2));
        // Both are taken: the key says it.
        let mut both = Product { name: "desk".into(), ..new(1) };
        assert!(matches!(insert(&mut both, conn).await, Err(Error::Exists(_))));
    }

    async fn a_rollback_puts_the_version_back_that_was_in_memory(database) {
        let conn = &mut connect(database).await;
        let mut product = new(3);
        let result: Result<(), Error> = transaction(conn, &mut product, async |conn, product| {
            insert(product, conn).await?;
            save(product, conn).await?;
            assert_eq!(product.version, 2);
            Err(DieselError::RollbackTransaction.into())
        })
        .await;
        assert!(result.is_err());
        assert_eq!((product, count(conn).await), (new(3), 2));
    }

    async fn a_key_that_was_taken_after_the_snapshot_is_found_all_the_same(database) {
        // The others say it by a serialization failure, or have no snapshot that is older.
        if BACKEND != Backend::Mysql {
            return;
        }
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let refuses = refuses_old_snapshots(a).await;
        begin(a).await.unwrap();
        assert_eq!(count(a).await, 2);
        insert(&mut new(3), b).await.unwrap();
        match insert(&mut new(3), a).await {
            Err(Error::Exists(exists)) if !refuses => assert_eq!(exists.actual(), Some("1")),
            Err(error) if refuses => assert!(is_newer_than_snapshot(&error), "{error:?}"),
            other => panic!("it is there: {other:?}"),
        }
        rollback(a).await.unwrap();
    }

    async fn a_batch_is_inserted_in_few_statements(database) {
        let conn = &mut connect(database).await;
        let mut all: Vec<Product> = (10..210).map(new).collect();
        let recorder = record(conn);
        insert_all(&mut all, conn).await.unwrap();
        let sent: Vec<_> = recorder.take().into_iter().filter(|sql| sql.starts_with("INSERT")).collect();
        let rows: Vec<_> = sent.iter().map(|sql| sql.split_once(" -- ").unwrap().0.matches("(?").count()).collect();
        // A backend that is not known to be one of Diesel's own gets one row at a time.
        let expected = if is_diesels_own::<Conn>() { vec![128, 64, 8] } else { vec![1; 200] };
        assert_eq!(rows, expected);
        assert_eq!(rows.iter().sum::<usize>(), 200);
        assert!(all.iter().all(|product| product.version == 1));
        assert_eq!(load(209, conn).await, all[199]);
        let mut none: [Product; 0] = [];
        insert_all(&mut none, conn).await.unwrap();
    }

    async fn a_batch_with_a_key_that_is_taken_makes_no_row(database) {
        let conn = &mut connect(database).await;
        let mut all: Vec<Product> = [7, 8, 2, 1, 9].into_iter().map(new).collect();
        let before = all.clone();
        let Err(Error::Exists(exists)) = insert_all(&mut all, conn).await else { panic!("two are there") };
        // The first in the order in which they are sent.
        assert!(matches!((exists.key(), exists.actual()), ("1" | "2", Some("1"))), "{exists}");
        assert_eq!((&all, count(conn).await), (&before, 2));
        let mut twice = vec![new(7), new(7)];
        assert!(matches!(insert_all(&mut twice, conn).await, Err(Error::DuplicateRow(_))));
        let mut fine = vec![new(7), new(8)];
        let result: Result<(), Error> = transaction(conn, &mut fine[..], async |conn, fine| {
            insert_all(fine, conn).await?;
            Err(DieselError::RollbackTransaction.into())
        })
        .await;
        assert!(result.is_err());
        assert_eq!((&fine, count(conn).await), (&vec![new(7), new(8)], 2));
    }
}
