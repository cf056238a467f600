//! The first error is the one that is returned, whatever the rollback after it says.

use occ_runtime::{Error, Transient};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, batch, begin, connect, delete, record, rollback, save, save_all, transaction,
};
use super::product::{Product, load};

/// Makes one statement of `victim` fail by a deadlock, which ends the whole transaction on MySQL and MariaDB.
async fn hold(id: i32, conn: &mut Conn) {
    begin(conn).await.unwrap();
    save(&mut load(id, conn).await, conn).await.unwrap();
}

super::scenarios! {
    async fn a_snapshot_that_is_too_old_is_said_so_within_a_savepoint_too(database) {
        if BACKEND != Backend::Mysql {
            return; // PostgreSQL keeps its savepoints after an error.
        }
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        if batch("SET SESSION innodb_snapshot_isolation = ON", a).await.is_err() {
            occ_tests::report::skipped("first_error", "this server has no innodb_snapshot_isolation");
            return;
        }
        for row_by_row in [false, true] {
            begin(a).await.unwrap();
            let mut rows = vec![load(1, a).await, load(2, a).await];
            save(&mut load(1, b).await, b).await.unwrap();
            if row_by_row {
                rows.truncate(1);
            }
            let before = rows.clone();
            let Err(Error::Database(error)) = save_all(&mut rows, a).await else { panic!("the snapshot is too old") };
            assert_eq!(Transient::of(&error), Some(Transient::RecordChanged), "{error}");
            assert_eq!(rows, before);
            let _ = rollback(a).await;
        }
    }

    async fn what_follows_an_inner_transaction_that_the_server_has_ended_altogether_is_refused(database) {
        if BACKEND != Backend::Mysql {
            return; // PostgreSQL keeps its savepoints after an error.
        }
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        if batch("SET SESSION innodb_snapshot_isolation = ON", a).await.is_err() {
            occ_tests::report::skipped("first_error", "this server has no innodb_snapshot_isolation");
            return;
        }
        let (mut mine, mut theirs) = (load(1, a).await, load(2, b).await);
        let outcome = transaction(a, &mut mine, async |conn, mine| {
            let mut old = load(2, conn).await;
            save(&mut theirs, b).await?;
            let inner = transaction(conn, &mut old, async |conn, old| save(old, conn).await).await;
            let Err(Error::Database(error)) = inner else { panic!("the snapshot is too old") };
            assert_eq!(Transient::of(&error), Some(Transient::RecordChanged), "{error}");
            save(mine, conn).await
        })
        .await;
        assert!(matches!(outcome, Err(Error::TransactionAborted(_))), "{outcome:?}");
        let witness = &mut connect(database).await;
        assert_eq!((mine.version, load(1, witness).await.version, load(2, witness).await.version), (1, 1, 2));
        save(&mut mine, a).await.unwrap();
    }

    #[cfg(feature = "retry")]
    async fn a_retried_closure_that_ignores_the_end_of_its_transaction_is_not_said_to_be_committed(database) {
        use super::cell::retry;
        use occ_runtime::RetryPolicy;

        if BACKEND != Backend::Mysql {
            return; // PostgreSQL keeps its savepoints after an error.
        }
        let a = &mut connect(database).await;
        if batch("SET SESSION innodb_snapshot_isolation = ON", a).await.is_err() {
            occ_tests::report::skipped("first_error", "this server has no innodb_snapshot_isolation");
            return;
        }
        let outcome = retry(&RetryPolicy::new(), a, async |conn| {
            save(&mut load(1, conn).await, conn).await?;
            let mut old = load(2, conn).await;
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    super::cell::block_on(async {
                        let b = &mut connect(database).await;
                        save(&mut load(2, b).await, b).await.unwrap();
                    });
                });
            });
            let inner = transaction(conn, &mut old, async |conn, old| save(old, conn).await).await;
            let Err(Error::Database(error)) = inner else { panic!("the snapshot is too old") };
            assert_eq!(Transient::of(&error), Some(Transient::RecordChanged), "{error}");
            Ok(())
        })
        .await;
        assert!(matches!(outcome, Err(Error::TransactionAborted(_))), "{outcome:?}");
        let witness = &mut connect(database).await;
        assert_eq!((load(1, witness).await.version, load(2, witness).await.version), (1, 2));
    }

    #[cfg(feature = "retry")]
    async fn a_deadlock_within_a_batch_is_retried(database) {
        use super::cell::retry;
        use occ_runtime::RetryPolicy;
        use std::sync::Barrier;
        use std::sync::atomic::{AtomicU32, Ordering};

        let (both_hold, attempts) = (Barrier::new(2), AtomicU32::new(0));
        let work = |first: i32, second: i32| {
            let (both_hold, attempts) = (&both_hold, &attempts);
            move || {
                super::cell::block_on(async move {
                    let conn = &mut connect(database).await;
                    let met = std::sync::atomic::AtomicBool::new(false);
                    retry(&RetryPolicy::new(), conn, async |conn| {
                        attempts.fetch_add(1, Ordering::Relaxed);
                        save(&mut load(first, conn).await, conn).await?;
                        if !met.swap(true, Ordering::Relaxed) {
                            both_hold.wait();
                        }
                        let mut rows = [load(second, conn).await, load(second + 10, conn).await];
                        save_all(&mut rows, conn).await
                    })
                    .await
                    .unwrap();
                });
            }
        };
        let conn = &mut connect(database).await;
        batch("INSERT INTO products VALUES (11, 'a', NULL, 1, 1), (12, 'b', NULL, 1, 1)", conn).await.unwrap();
        std::thread::scope(|scope| {
            scope.spawn(work(1, 2));
            scope.spawn(work(2, 1));
        });
        assert!(attempts.load(Ordering::Relaxed) > 2, "one of them was the victim");
        assert_eq!((load(1, conn).await.version, load(2, conn).await.version), (3, 3));
    }

    async fn what_was_deleted_meanwhile_is_stale_whatever_the_savepoint_says(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let mut rows = [load(1, a).await, load(2, a).await];
        delete(&rows[1], b).await.unwrap();
        let before = rows.clone();
        let mut third = Product { id: 3, ..rows[0].clone() };
        let outcome = transaction(a, &mut third, async |conn, _| save_all(&mut rows, conn).await).await;
        let error = outcome.unwrap_err();
        assert!(error.is_stale() && !error.needs_new_connection(), "{error}");
        assert_eq!(rows, before);
    }

    async fn a_statement_that_is_cancelled_is_not_done_again_row_by_row(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let limit = match BACKEND {
            Backend::Postgres => "SET statement_timeout = '200ms'",
            _ => "SET SESSION max_statement_time = 0.2",
        };
        if batch(limit, a).await.is_err() {
            occ_tests::report::skipped("first_error", "this server has no max_statement_time");
            return;
        }
        let mut rows: [Product; 2] = [load(1, a).await, load(2, a).await];
        let before = rows.clone();
        hold(2, b).await;
        let recorder = record(a);
        let error = save_all(&mut rows, a).await.unwrap_err();
        assert!(!error.is_stale(), "{error}");
        let sent = recorder.take();
        let updates = sent.iter().filter(|text| text.starts_with("UPDATE")).count();
        assert_eq!(updates, 1, "{sent:?}");
        rollback(b).await.unwrap();
        assert_eq!(rows, before);
        assert_eq!((load(1, b).await.version, load(2, b).await.version), (1, 1));
    }
}
