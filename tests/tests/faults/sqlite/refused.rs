//! The file is locked, full or not to be written, and a trigger ends the transaction.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use occ_runtime::RetryPolicy;

use super::calls::{CALLS, Held, fresh_rows};
use super::cell::{batch, begin, connect, modify_with, retry, rollback, save};
use super::holder::holder;
use super::left::{Before, Class, Stored};
use super::product::{Product, load};

faults! {
    async fn a_database_that_somebody_else_writes(database) {
        for call in CALLS.into_iter().filter(|call| !call.loops()) {
            fresh_rows(&database).await;
            let (holding, conn) = (&mut connect(&database).await, &mut connect(&database).await);
            batch("PRAGMA busy_timeout = 0", conn).await.unwrap();
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            begin(holding).await.unwrap();
            save(&mut load(1, holding).await, holding).await.unwrap();
            let error = call.run(&mut held, conn).await.unwrap_err();
            rollback(holding).await.unwrap();
            before.check(&error, Class::Retryable, Stored::Nothing, &mut held, conn, &database).await;
        }
    }

    async fn a_loop_beside_somebody_who_writes(database) {
        for runs in [false, true] {
            fresh_rows(&database).await;
            let conn = &mut connect(&database).await;
            batch("PRAGMA busy_timeout = 0", conn).await.unwrap();
            let (thread, holds, give_back) = holder(&database);
            holds.recv().unwrap();
            let calls = &AtomicU32::new(0);
            let policy = RetryPolicy::new().observe(move |_| {
                let _ = give_back.try_send(());
            });
            let change = |row: &mut Product| {
                calls.fetch_add(1, Relaxed);
                row.quantity += 1;
            };
            if runs {
                retry(&policy, conn, async move |conn| {
                    let mut row = load(1, conn).await;
                    change(&mut row);
                    save(&mut row, conn).await
                })
                .await
                .unwrap();
            } else {
                modify_with(&policy, 1, conn, change).await.unwrap();
            }
            assert!(calls.load(Relaxed) > 1, "it was busy at first");
            thread.join().unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.quantity, row.version), (11, 2), "done once");
        }
    }

    async fn a_full_disk(database) {
        let setup = &mut connect(&database).await;
        batch(
            "CREATE TABLE ballast (bytes BLOB);
             CREATE TRIGGER grow AFTER UPDATE ON products BEGIN INSERT INTO ballast VALUES (randomblob(100000)); END",
            setup,
        )
        .await
        .unwrap();
        for call in CALLS {
            fresh_rows(&database).await;
            let conn = &mut connect(&database).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            // As many as there are.
            batch("PRAGMA max_page_count = 1", conn).await.unwrap();
            let error = call.run(&mut held, conn).await.unwrap_err();
            assert!(error.to_string().contains("database or disk is full"), "{call:?}: {error:?}");
            batch("PRAGMA max_page_count = 1000000", conn).await.unwrap();
            before.check(&error, Class::Yours, Stored::Nothing, &mut held, conn, &database).await;
        }
    }

    async fn a_database_that_may_not_be_written(database) {
        for call in CALLS {
            fresh_rows(&database).await;
            let conn = &mut connect(&database).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            batch("PRAGMA query_only = ON", conn).await.unwrap();
            let error = call.run(&mut held, conn).await.unwrap_err();
            batch("PRAGMA query_only = OFF", conn).await.unwrap();
            before.check(&error, Class::Yours, Stored::Nothing, &mut held, conn, &database).await;
        }
    }

    async fn a_trigger_that_ends_the_transaction(database) {
        let other = &mut connect(&database).await;
        for call in CALLS {
            fresh_rows(&database).await;
            batch(
                "CREATE TRIGGER refuse AFTER UPDATE ON products BEGIN SELECT RAISE(ROLLBACK, 'not today'); END",
                other,
            )
            .await
            .unwrap();
            let conn = &mut connect(&database).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            let error = call.run(&mut held, conn).await.unwrap_err();
            assert!(error.to_string().contains("not today"), "{call:?}: {error:?}");
            batch("DROP TRIGGER refuse", other).await.unwrap();
            before.check(&error, Class::Yours, Stored::Nothing, &mut held, conn, &database).await;
        }
    }
}
