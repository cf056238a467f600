//! Rows that are made or replaced, with the check that was asked for.

use diesel::result::Error as DieselError;
use occ_runtime::{Error, Expect, Operation, Upserted};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, batch, begin, commit, connect, delete, record, rollback, save, transaction, upsert,
};
use super::insert::{count, new, on_conflict};
use super::product::{Product, load};
use super::server::{is_newer_than_snapshot, refuses_old_snapshots};

super::scenarios! {
    async fn an_upsert_of_what_is_absent_is_one_insert_and_refused_if_it_is_there(database) {
        let conn = &mut connect(database).await;
        let mut product = new(3);
        let recorder = record(conn);
        assert_eq!(upsert(&mut product, Expect::Absent, conn).await.unwrap(), Upserted::Inserted);
        let sent = recorder.take();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(sent[0].contains(&format!("VALUES (?, ?, ?, ?, ?){}", on_conflict("id"))), "{sent:?}");
        assert_eq!((product.version, load(3, conn).await), (1, product.clone()));
        let mut again = new(3);
        let Err(Error::Exists(exists)) = upsert(&mut again, Expect::Absent, conn).await else { panic!("it is there") };
        assert_eq!((exists.operation(), exists.actual()), (Operation::Upsert, Some("1")));
        assert_eq!(again, new(3));
    }

    async fn an_upsert_at_a_version_is_one_update_and_makes_no_row(database) {
        let conn = &mut connect(database).await;
        let mut product = new(1);
        let recorder = record(conn);
        assert_eq!(upsert(&mut product, Expect::At(1), conn).await.unwrap(), Upserted::Updated);
        assert_eq!(recorder.take(), [
            "UPDATE products SET name = ?, note = ?, quantity = ?, version = ? WHERE id = ? AND version = ? \
             -- [\"product 1\", None, 1, 2, 1, 1]",
        ]);
        assert_eq!((product.version, load(1, conn).await), (2, product.clone()));
        let mut old = new(1);
        let Err(Error::Stale(stale)) = upsert(&mut old, Expect::At(1), conn).await else { panic!("it is at 2") };
        assert_eq!((stale.operation(), stale.expected(), stale.actual()), (Operation::Upsert, "1", Some("2")));
        let Err(Error::Stale(stale)) = upsert(&mut new(9), Expect::At(1), conn).await else { panic!("there is none") };
        assert!(stale.is_deleted());
        assert_eq!((old, count(conn).await), (new(1), 2));
    }

    async fn an_upsert_of_whatever_is_there_moves_the_rows_own_version_on(database) {
        let conn = &mut connect(database).await;
        for _ in 0..5 {
            save(&mut load(1, conn).await, conn).await.unwrap();
        }
        // Behind and ahead of the row.
        for (version, expected) in [(1, 7), (1_000_000, 8)] {
            let mut product = Product { version, ..new(1) };
            let recorder = record(conn);
            assert_eq!(upsert(&mut product, Expect::Any, conn).await.unwrap(), Upserted::Updated);
            let sent = recorder.take();
            assert_eq!(sent.len(), 2, "{sent:?}");
            assert_eq!(sent[0], "SELECT version FROM products WHERE id = ? -- [1]");
            assert_eq!((product.version, load(1, conn).await), (expected, product.clone()));
        }
        let recorder = record(conn);
        assert_eq!(upsert(&mut new(4), Expect::Any, conn).await.unwrap(), Upserted::Inserted);
        assert_eq!(recorder.take().len(), 2);
        assert_eq!(load(4, conn).await.version, 1);
        delete(&load(4, conn).await, conn).await.unwrap();
        assert_eq!(upsert(&mut new(4), Expect::Any, conn).await.unwrap(), Upserted::Inserted);
    }

    async fn an_upsert_does_not_touch_the_row_of_another_unique_index(database) {
        let conn = &mut connect(database).await;
        batch("CREATE UNIQUE INDEX one_name ON products (name)", conn).await.unwrap();
        for expect in [Expect::Any, Expect::Absent] {
            let mut product = Product { name: "lamp".into(), ..new(3) };
            let error = upsert(&mut product, expect, conn).await.unwrap_err();
            assert!(matches!(error, Error::Database(DieselError::DatabaseError(..))), "{error:?}");
            assert_eq!(product.version, 77);
        }
        assert_eq!((load(1, conn).await.quantity, count(conn).await), (10, 2));
    }

    async fn a_rollback_puts_the_version_before_the_upsert_back(database) {
        let conn = &mut connect(database).await;
        for (id, expect) in [(1, Expect::At(1)), (1, Expect::Any), (3, Expect::Any), (3, Expect::Absent)] {
            let mut product = new(id);
            let result: Result<(), Error> = transaction(conn, &mut product, async |conn, product| {
                upsert(product, expect, conn).await?;
                assert_ne!(product.version, 77);
                Err(DieselError::RollbackTransaction.into())
            })
            .await;
            assert!(result.is_err());
            assert_eq!(product, new(id));
        }
        assert_eq!((load(1, conn).await.version, count(conn).await), (1, 2));
    }

    async fn an_upsert_in_an_old_snapshot_goes_on_from_the_row_as_it_is(database) {
        // PostgreSQL's default has no such snapshot, and SQLite's says that it is busy.
        if BACKEND != Backend::Mysql {
            return;
        }
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let refuses = refuses_old_snapshots(a).await;
        begin(a).await.unwrap();
        assert_eq!(load(1, a).await.version, 1);
        save(&mut load(1, b).await, b).await.unwrap();
        upsert(&mut new(3), Expect::Absent, b).await.unwrap();
        let mut product = new(1);
        if refuses {
            let error = upsert(&mut product, Expect::Any, a).await.unwrap_err();
            assert!(is_newer_than_snapshot(&error) && error.is_retryable(), "{error:?}");
            assert_eq!(product, new(1));
            rollback(a).await.unwrap();
            begin(a).await.unwrap();
        }
        assert_eq!(upsert(&mut product, Expect::Any, a).await.unwrap(), Upserted::Updated);
        assert_eq!(product.version, 3);
        assert_eq!(upsert(&mut new(3), Expect::Any, a).await.unwrap(), Upserted::Updated);
        commit(a).await.unwrap();
        assert_eq!((load(1, b).await.version, load(3, b).await.version), (3, 2));
    }
}
