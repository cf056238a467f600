//! Retry loops: what is lost to another writer is done again, and nothing else is.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, RetryPolicy};
use occ_tests::cell::Backend;
use occ_tests::report::measured;

use super::cell::{
    BACKEND, Database, KNOWN_AS, batch, begin, block_on, connect, modify, modify_with, record, retry,
    rollback, save,
};
use super::product::{Product, load};

/// Waits for nothing, so that no test does.
pub(super) fn at_once() -> RetryPolicy {
    RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO)
}

/// Somebody else does something, between two statements of ours: in a thread, since the closure of `modify` cannot wait.
pub(super) fn meanwhile(work: impl AsyncFnOnce() + Send) {
    std::thread::scope(|scope| scope.spawn(|| block_on(work())).join().unwrap());
}

/// Somebody else saves row 1.
pub(super) fn somebody_saves(database: &Database) {
    meanwhile(async || {
        let conn = &mut connect(database).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
    });
}

/// What the observer of a policy was told: number, whether it failed, whether another follows, whether it was locked.
pub(super) type Seen = Arc<Mutex<Vec<(u32, bool, bool, bool)>>>;

pub(super) fn observed(policy: RetryPolicy) -> (RetryPolicy, Seen) {
    let seen = Seen::default();
    let told = Arc::clone(&seen);
    let policy = policy.observe(move |attempt| {
        let (failed, again) = (attempt.error().is_some(), attempt.delay().is_some());
        told.lock().unwrap().push((attempt.number(), failed, again, attempt.is_escalated()));
    });
    (policy, seen)
}

/// Whether rows can be locked here.
const LOCKS: bool = !matches!(KNOWN_AS, Backend::Sqlite);

super::scenarios! {
    async fn a_row_that_the_database_keeps_from_being_written_is_not_tried_for_ever(database) {
        let conn = &mut connect(database).await;
        let trigger = match BACKEND {
            Backend::Postgres => {
                "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                 CREATE TRIGGER held BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION held()"
            }
            Backend::Sqlite => "CREATE TRIGGER held BEFORE UPDATE ON products BEGIN SELECT RAISE(IGNORE); END",
            Backend::Mysql => return, // Its triggers cannot leave a row out.
        };
        batch(trigger, conn).await.unwrap();
        // Without a lock it might have been another writer, until the row is read again and has not moved.
        let locked = if LOCKS { 1 } else { 2 };
        for (policy, attempts) in [(at_once(), 2), (at_once().attempts(1), 1), (at_once().escalate_after(0), locked)] {
            let (policy, seen) = observed(policy);
            let error = modify_with(&policy, 1, conn, |row: &mut Product| row.quantity += 1).await.unwrap_err();
            assert!(matches!(error, Error::Guard(_)), "{error:?}");
            assert!(error.to_string().contains("a trigger"), "{error}");
            assert_eq!(seen.lock().unwrap().len(), attempts);
        }
    }

    async fn a_thousand_modifications_by_twenty_five_threads_are_a_thousand_and_none_surfaces_an_error(database) {
        let start = Barrier::new(25);
        let begun = std::time::Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..25 {
                scope.spawn(|| {
                    block_on(async {
                        let conn = &mut connect(database).await;
                        start.wait();
                        for _ in 0..40 {
                            modify(1, conn, |product: &mut Product| product.quantity += 1).await.unwrap();
                        }
                    });
                });
            }
        });
        let row = load(1, &mut connect(database).await).await;
        assert_eq!((row.quantity, row.version), (10 + 1000, 1 + 1000));
        measured(format_args!("{BACKEND:?}: 1000 modifications of one row by 25 threads in {:?}", begun.elapsed()));
    }

    async fn transactions_that_lose_are_run_again_until_all_are_done(database) {
        let start = Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    block_on(async {
                        let conn = &mut connect(database).await;
                        start.wait();
                        for _ in 0..20 {
                            retry(&RetryPolicy::new(), conn, async |conn| {
                                let (mut from, mut to) = (load(1, conn).await, load(2, conn).await);
                                from.quantity -= 1;
                                to.quantity += 1;
                                save(&mut from, conn).await?;
                                save(&mut to, conn).await
                            })
                            .await
                            .unwrap();
                        }
                    });
                });
            }
        });
        let conn = &mut connect(database).await;
        let (from, to) = (load(1, conn).await, load(2, conn).await);
        assert_eq!((from.quantity, from.version), (10 - 120, 1 + 120));
        assert_eq!((to.quantity, to.version), (20 + 120, 1 + 120));
    }

    async fn a_modification_is_a_select_and_an_update_and_returns_the_saved_row(database) {
        let conn = &mut connect(database).await;
        let recorder = record(conn);
        let product: Product = modify(1, conn, |product: &mut Product| product.quantity = 3).await.unwrap();
        let statements = recorder.take();
        assert_eq!(statements.len(), 2, "{statements:?}");
        assert!(statements[0].ends_with("FROM products WHERE (products.id = ?) -- [1]"), "{statements:?}");
        assert!(statements[1].starts_with("UPDATE products SET"), "{statements:?}");
        assert_eq!((product.quantity, product.version), (3, 2));
        assert_eq!(load(1, conn).await, product);
    }

    async fn a_key_of_several_columns_is_a_tuple(database) {
        diesel::table! {
            order_lines (order_id, number) {
                order_id -> Integer,
                number -> Integer,
                quantity -> Integer,
                version -> Integer,
            }
        }

        #[derive(Queryable, Selectable, OptimisticLock)]
        #[diesel(table_name = order_lines, primary_key(order_id, number))]
        struct Line {
            order_id: i32,
            number: i32,
            quantity: i32,
            version: i32,
        }

        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE order_lines (order_id INTEGER, number INTEGER, quantity INTEGER NOT NULL, version INTEGER NOT NULL, \
             PRIMARY KEY (order_id, number));
             INSERT INTO order_lines VALUES (1, 1, 10, 1);
             INSERT INTO order_lines VALUES (1, 2, 20, 1);",
            conn,
        )
        .await
        .unwrap();
        let line = modify((1, 2), conn, |line: &mut Line| line.quantity += 1).await.unwrap();
        assert_eq!((line.order_id, line.number, line.quantity, line.version), (1, 2, 21, 2));
    }

    async fn a_lost_modification_is_done_again_on_the_row_as_it_is_then(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once());
        let mut versions = Vec::new();
        let product = modify_with(&policy, 1, conn, |product: &mut Product| {
            versions.push(product.version);
            if versions.len() < 3 {
                somebody_saves(database);
            }
            product.quantity += 1;
        })
        .await
        .unwrap();
        assert_eq!(versions, [1, 2, 3]);
        assert_eq!((product.quantity, product.version), (11, 4));
        let seen = seen.lock().unwrap();
        assert_eq!(*seen, [(1, true, true, false), (2, true, true, false), (3, false, false, false)]);
    }

    async fn after_so_many_losses_the_row_is_locked_and_its_version_checked_all_the_same(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once().escalate_after(2));
        let mut attempt = 0;
        let recorder = record(conn);
        let product = modify_with(&policy, 1, conn, |product: &mut Product| {
            attempt += 1;
            if attempt < 3 {
                somebody_saves(database);
            }
            product.quantity += 1;
        })
        .await
        .unwrap();
        assert_eq!((attempt, product.version), (3, 4));
        let statements = recorder.take();
        // Twice a read and a save that is refused; then the attempt that succeeds.
        let last: Vec<_> = statements[4..].iter().map(|sql| sql.split(" -- ").next().unwrap()).collect();
        let select = "SELECT products.id, products.name, products.note, products.quantity, products.version FROM products \
                      WHERE (products.id = ?)";
        let update = "UPDATE products SET name = ?, note = ?, quantity = ?, version = ? WHERE id = ? AND version = ?";
        if LOCKS {
            assert_eq!(last, ["BEGIN", &format!("{select} FOR UPDATE"), update, "COMMIT"]);
        } else {
            assert_eq!(last, [select, update]);
        }
        assert!(statements[..4].iter().all(|sql| !sql.contains("FOR UPDATE") && sql != "BEGIN"), "{statements:?}");
        let seen = seen.lock().unwrap();
        assert_eq!(*seen, [(1, true, true, false), (2, true, true, false), (3, false, false, LOCKS)]);
    }

    async fn an_adaptive_policy_locks_from_the_start_once_most_rows_were_lost(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once().escalate_after(1).adaptive());
        for run in 1..=5 {
            let mut attempt = 0;
            let save_after_somebody = |product: &mut Product| {
                attempt += 1;
                if run < 5 && attempt == 1 {
                    somebody_saves(database);
                }
                product.quantity += 1;
            };
            modify_with(&policy.clone(), 1, conn, save_after_somebody).await.unwrap();
        }
        let mut expected = [(1, true, true, false), (2, false, false, LOCKS)].repeat(4);
        expected.push((1, false, false, LOCKS));
        assert_eq!(*seen.lock().unwrap(), expected);
        assert_eq!((load(1, conn).await.quantity, load(1, conn).await.version), (15, 10));
    }

    async fn a_locked_row_is_not_saved_at_another_version(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once().attempts(2).escalate_after(0));
        // As if somebody had written the row in spite of the lock.
        let error = modify_with(&policy, 1, conn, |product: &mut Product| product.version = 7).await.unwrap_err();
        assert!(error.is_stale());
        assert_eq!(*seen.lock().unwrap(), [(1, true, true, LOCKS), (2, true, false, LOCKS)]);
        assert_eq!(load(1, conn).await.version, 1);
        // The transaction of each attempt is over.
        begin(conn).await.unwrap();
        rollback(conn).await.unwrap();
        modify(1, conn, |product: &mut Product| product.quantity += 1).await.unwrap();
    }

    async fn each_attempt_has_a_transaction_of_its_own(database) {
        let conn = &mut connect(database).await;
        let recorder = record(conn);
        let attempts = AtomicU32::new(0);
        let version = retry(&at_once(), conn, async |conn| {
            let mut product = load(1, conn).await;
            if attempts.fetch_add(1, Relaxed) == 0 {
                product.version = 7;
            }
            save(&mut product, conn).await?;
            Ok::<_, Error>(product.version)
        })
        .await
        .unwrap();
        assert_eq!((attempts.load(Relaxed), version), (2, 2));
        let ends: Vec<_> = recorder
            .take()
            .into_iter()
            .filter(|sql| !sql.contains("products") && !sql.contains("SAVEPOINT"))
            .collect();
        assert_eq!(ends, ["BEGIN", "ROLLBACK", "BEGIN", "COMMIT"]);
    }
}
