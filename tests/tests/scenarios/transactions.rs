//! `optimistic_transaction`: versions follow the transaction.

use std::panic::{AssertUnwindSafe, catch_unwind};

use occ_runtime::Error;

use super::cell::{Conn, batch, begin, block_on, connect, rollback, save, touch, transaction};
use super::product::{Product, load};

/// The versions of rows 1 and 2 in the database.
async fn stored(conn: &mut Conn) -> (i32, i32) {
    (load(1, conn).await.version, load(2, conn).await.version)
}

super::scenarios! {
    async fn a_commit_keeps_the_new_versions(database) {
        let conn = &mut connect(database).await;
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        let answer = transaction(conn, (&mut a, &mut b), async |conn, (a, b)| {
            save(a, conn).await?;
            save(b, conn).await?;
            touch(b, conn).await?;
            Ok::<_, Error>("done")
        })
        .await;
        assert_eq!(answer.unwrap(), "done");
        assert_eq!((a.version, b.version), (2, 3));
        assert_eq!(stored(conn).await, (2, 3));
    }

    async fn an_error_puts_every_version_back_and_the_values_can_be_saved_again(database) {
        let conn = &mut connect(database).await;
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        save(&mut load(2, conn).await, conn).await.unwrap();
        a.quantity = 77;
        let before = (a.clone(), b.clone());
        let error = transaction(conn, (&mut a, &mut b), async |conn, (a, b)| {
            save(a, conn).await?;
            touch(a, conn).await?;
            save(b, conn).await
        })
        .await
        .unwrap_err();
        assert!(error.is_stale());
        assert_eq!((&a, &b), (&before.0, &before.1));
        assert_eq!(stored(conn).await, (1, 2));
        save(&mut a, conn).await.unwrap();
        assert_eq!((a.version, load(1, conn).await.quantity), (2, 77));
    }

    /// Row 2 comes to the version that row 1 began at.
    async fn a_row_goes_back_over_its_own_saves_alone(database) {
        let conn = &mut connect(database).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        let result: Result<(), Error> = transaction(conn, (&mut a, &mut b), async |conn, (a, b)| {
            save(b, conn).await?;
            save(a, conn).await?;
            Err(diesel::result::Error::NotFound.into())
        })
        .await;
        assert!(result.is_err());
        assert_eq!((a.version, b.version), (2, 1));
    }

    /// Also where that is the version of another row.
    async fn a_copy_that_is_ahead_goes_back_to_its_own_row(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = 7 WHERE id = 2", conn).await.unwrap();
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        let result: Result<(), Error> = transaction(conn, (&mut a, &mut b), async |conn, (a, _)| {
            batch("UPDATE products SET version = 7 WHERE id = 1", conn).await?;
            *a = load(1, conn).await;
            Err(diesel::result::Error::NotFound.into())
        })
        .await;
        assert!(result.is_err());
        assert_eq!((a.version, b.version), (1, 7));
    }

    async fn an_error_of_the_callers_own_rolls_back_too(database) {
        #[derive(Debug, PartialEq)]
        enum Refused {
            NotToday,
            Database(String),
        }
        impl From<diesel::result::Error> for Refused {
            fn from(error: diesel::result::Error) -> Self {
                Self::Database(error.to_string())
            }
        }

        let conn = &mut connect(database).await;
        let mut a = load(1, conn).await;
        let result: Result<(), Refused> = transaction(conn, &mut a, async |conn, a| {
            save(a, conn).await.map_err(diesel::result::Error::from)?;
            Err(Refused::NotToday)
        })
        .await;
        assert_eq!(result, Err(Refused::NotToday));
        assert_eq!((a.version, stored(conn).await), (1, (1, 1)));
    }

    async fn a_slice_of_values_is_put_back_as_a_whole(database) {
        let conn = &mut connect(database).await;
        let mut both = vec![load(1, conn).await, load(2, conn).await];
        let result: Result<(), Error> = transaction(conn, both.as_mut_slice(), async |conn, both| {
            for product in both.iter_mut() {
                save(product, conn).await?;
            }
            both[0].version = 9;
            save(&mut both[0], conn).await
        })
        .await;
        assert!(result.unwrap_err().is_stale());
        assert_eq!((both[0].version, both[1].version), (1, 1));
        assert_eq!(stored(conn).await, (1, 1));
    }

    async fn values_that_were_sorted_or_swapped_get_the_version_of_their_row_back(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = 5 WHERE id = 2", conn).await.unwrap();
        let mut rows = vec![load(2, conn).await, load(1, conn).await];
        let outcome: Result<(), Error> = transaction(conn, rows.as_mut_slice(), async |conn, rows| {
            rows.sort_by_key(|row| row.id);
            for row in rows.iter_mut() {
                save(row, conn).await?;
            }
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        let seen = |rows: &[Product]| rows.iter().map(|row| (row.id, row.version)).collect::<Vec<_>>();
        assert_eq!(seen(&rows), [(1, 1), (2, 5)]);
        // The reproduction: somebody moves row 1 to where row 2 was, and must not be overwritten.
        batch("UPDATE products SET note = 'theirs', version = 5 WHERE id = 1", conn).await.unwrap();
        assert!(save(&mut rows[0], conn).await.unwrap_err().is_stale());

        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        b.version = 5;
        let mut others = vec![Product { id: 3, version: 8, ..a.clone() }];
        batch("INSERT INTO products VALUES (3, 'lamp', NULL, 1, 8)", conn).await.unwrap();
        batch("UPDATE products SET version = 1 WHERE id = 1", conn).await.unwrap();
        a.version = 1;
        let values = (&mut a, &mut b, others.as_mut_slice());
        let outcome: Result<(), Error> = transaction(conn, values, async |conn, (a, b, others)| {
            std::mem::swap(a, b);
            std::mem::swap(b, &mut others[0]);
            save(a, conn).await?;
            save(b, conn).await?;
            touch(b, conn).await?;
            save(&mut others[0], conn).await?;
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!(seen(&[a, b, others.remove(0)]), [(2, 5), (3, 8), (1, 1)]);
    }

    async fn an_older_copy_that_was_put_in_place_does_not_pass_for_the_present_row(database) {
        let conn = &mut connect(database).await;
        let old = load(1, conn).await;
        batch("UPDATE products SET note = 'theirs', quantity = 500, version = 2 WHERE id = 1", conn).await.unwrap();
        let mut product = load(1, conn).await;
        for _ in 0..2 {
            let outcome = transaction(conn, &mut product, async |conn, product| {
                *product = old.clone();
                product.quantity += 1;
                save(product, conn).await
            })
            .await;
            assert!(outcome.unwrap_err().is_stale());
            assert_eq!(product.version, 1, "its content is that of version 1");
            assert!(save(&mut product, conn).await.unwrap_err().is_stale());
        }
        assert_eq!(load(1, conn).await.quantity, 500);
    }

    async fn a_row_that_was_loaded_and_saved_in_the_closure_is_not_ahead_of_itself(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let outcome: Result<(), Error> = transaction(conn, &mut product, async |conn, product| {
            *product = load(2, conn).await;
            save(product, conn).await?;
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((product.id, product.version), (2, 1));
    }

    async fn what_was_saved_in_an_inner_transaction_is_put_back_by_the_outer_one(database) {
        let conn = &mut connect(database).await;
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        let outcome: Result<(), Error> = transaction(conn, (&mut a, &mut b), async |conn, (a, b)| {
            save(a, conn).await?;
            transaction(conn, &mut *a, async |conn, a| {
                save(a, conn).await?;
                // Not handed to the inner one.
                save(b, conn).await
            })
            .await?;
            touch(a, conn).await?;
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!(((a.version, b.version), stored(conn).await), ((1, 1), (1, 1)));
    }

    async fn a_transaction_that_is_left_open_in_the_closure_is_not_taken_for_its_own_end(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let left_open = transaction(conn, &mut product, async |conn, product| {
            begin(conn).await?;
            save(product, conn).await
        })
        .await;
        assert!(matches!(left_open, Err(Error::TransactionAborted(_))), "{left_open:?}");
        let ended = transaction(conn, &mut product, async |conn, product| {
            save(product, conn).await?;
            rollback(conn).await?;
            Ok::<_, Error>(())
        })
        .await;
        assert!(matches!(ended, Err(Error::TransactionAborted(_))), "{ended:?}");
        assert_eq!((product.version, stored(conn).await), (1, (1, 1)));
        // Nothing is open: what is saved now is there for others.
        save(&mut product, conn).await.unwrap();
        assert_eq!(stored(&mut connect(database).await).await, (2, 1));
    }

    async fn a_database_that_ends_the_transaction_by_itself_is_quoted_and_the_connection_goes_on(database) {
        if super::cell::BACKEND != occ_tests::cell::Backend::Sqlite {
            return; // What SQLite alone has: `RAISE(ROLLBACK, ..)`.
        }
        let conn = &mut connect(database).await;
        let trigger = "CREATE TRIGGER floor BEFORE UPDATE ON products WHEN NEW.quantity < 0 \
                       BEGIN SELECT RAISE(ROLLBACK, 'quantity below zero'); END";
        batch(trigger, conn).await.unwrap();
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        b.quantity = -1;
        for ignored in [false, true] {
            let before = (a.clone(), b.clone());
            let error = transaction(conn, (&mut a, &mut b), async |conn, (a, b)| {
                save(a, conn).await?;
                let outcome = save(b, conn).await;
                if ignored { Ok(()) } else { outcome }
            })
            .await
            .unwrap_err();
            match &error {
                Error::Database(error) if !ignored => assert_eq!(error.to_string(), "quantity below zero"),
                Error::TransactionAborted(_) if ignored => {}
                other => panic!("{other:?}"),
            }
            assert!(!error.needs_new_connection() && !error.is_retryable());
            assert_eq!((&a, &b), (&before.0, &before.1));
            // In a batch, which has a transaction of its own.
            let mut rows = [a.clone(), b.clone()];
            let error = super::cell::save_all(&mut rows, conn).await.unwrap_err();
            assert_eq!(error.to_string(), "quantity below zero");
        }
        save(&mut a, conn).await.unwrap();
        assert_eq!(stored(&mut connect(database).await).await, (2, 1), "the connection is as good as before");
    }

    async fn what_follows_an_inner_transaction_that_the_database_has_ended_altogether_is_refused(database) {
        if super::cell::BACKEND != occ_tests::cell::Backend::Sqlite {
            return; // The servers' cells have a scenario of their own.
        }
        let conn = &mut connect(database).await;
        let trigger = "CREATE TRIGGER floor BEFORE UPDATE ON products WHEN NEW.quantity < 0 \
                       BEGIN SELECT RAISE(ROLLBACK, 'quantity below zero'); END";
        batch(trigger, conn).await.unwrap();
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        b.quantity = -1;
        for goes_on in [false, true] {
            let outcome = transaction(conn, &mut a, async |conn, a| {
                save(a, conn).await?;
                let inner = transaction(conn, &mut b, async |conn, b| save(b, conn).await).await;
                assert_eq!(inner.unwrap_err().to_string(), "quantity below zero");
                if goes_on { save(a, conn).await } else { Ok(()) }
            })
            .await;
            assert!(matches!(outcome, Err(Error::TransactionAborted(_))), "{outcome:?}");
            assert_eq!((a.version, b.version, stored(&mut connect(database).await).await), (1, 1, (1, 1)));
        }
        save(&mut a, conn).await.unwrap();
        assert_eq!(stored(&mut connect(database).await).await, (2, 1));
    }

    async fn a_failed_savepoint_puts_its_values_back_and_the_outer_transaction_goes_on(database) {
        let conn = &mut connect(database).await;
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        transaction(conn, (&mut a, &mut b), async |conn, (a, b)| {
            save(a, conn).await?;
            let inner = transaction(conn, &mut *b, async |conn, b| {
                save(b, conn).await?;
                b.version = 40;
                save(b, conn).await
            })
            .await;
            assert!(inner.unwrap_err().is_stale());
            assert_eq!((a.version, b.version), (2, 1));
            save(b, conn).await
        })
        .await
        .unwrap();
        assert_eq!((a.version, b.version), (2, 2));
        assert_eq!(stored(conn).await, (2, 2));
    }

    async fn a_panic_puts_every_version_back(database) {
        let mut product: Option<Product> = None;
        std::thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let outcome = catch_unwind(AssertUnwindSafe(|| {
                    block_on(async {
                        let conn = &mut connect(database).await;
                        let product = product.insert(load(1, conn).await);
                        let _: Result<(), Error> = transaction(conn, product, async |conn, product| {
                            save(product, conn).await?;
                            assert_eq!(product.version, 2);
                            panic!("half-way")
                        })
                        .await;
                    });
                }));
                assert!(outcome.is_err());
            });
            worker.join().unwrap();
        });
        assert_eq!(product.map(|product| product.version), Some(1));
        assert_eq!(stored(&mut connect(database).await).await, (1, 1));
    }

    async fn a_rollback_of_a_plain_transaction_leaves_the_value_ahead_until_it_is_reloaded(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        begin(conn).await.unwrap();
        save(&mut product, conn).await.unwrap();
        rollback(conn).await.unwrap();
        assert_eq!((product.version, load(1, conn).await.version), (2, 1));
        assert!(save(&mut product, conn).await.unwrap_err().is_stale());
        super::cell::reload(&mut product, conn).await.unwrap();
        save(&mut product, conn).await.unwrap();
    }

    async fn an_ignored_error_that_ends_no_transaction_is_the_callers_business(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let result = transaction(conn, &mut product, async |conn, product| {
            if super::cell::BACKEND != occ_tests::cell::Backend::Postgres {
                assert!(batch("INSERT INTO products VALUES (1, 'twice', NULL, 0, 1)", conn).await.is_err());
            }
            save(product, conn).await
        })
        .await;
        assert!(result.is_ok());
        assert_eq!((product.version, stored(conn).await), (2, (2, 1)));
    }
}
