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
