//! What a transaction sees of a row that somebody else changed or deleted.

use std::sync::Barrier;

use diesel::prelude::*;
use occ_runtime::{DatabaseGenerated, Error, OptimisticLock, VersionTrigger};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, all, batch, begin, block_on, connect, delete, delete_if, first, rollback, save, save_if,
};
use super::product::{load, products};
use super::server::{is_newer_than_snapshot, refuses_old_snapshots};

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
struct Generated {
    id: i32,
    name: String,
    quantity: i32,
    #[occ(version, generator = DatabaseGenerated)]
    version: i32,
}

/// The same, in a transaction that occ knows of.
async fn begin_known_snapshot(conn: &mut Conn) {
    let level = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    if BACKEND == Backend::Mysql {
        batch(level, conn).await.unwrap();
    }
    begin(conn).await.unwrap();
    if BACKEND == Backend::Postgres {
        batch(level, conn).await.unwrap();
    }
}

async fn rows(conn: &mut Conn) -> Vec<(i32, String, i32)> {
    let select =
        products::table.order(products::id).select((products::id, products::name, products::version));
    all(select, conn).await.unwrap()
}

/// Begins a transaction that sees one snapshot from its first read on.
async fn begin_snapshot(conn: &mut Conn) {
    if BACKEND == Backend::Postgres {
        return batch("BEGIN ISOLATION LEVEL REPEATABLE READ", conn).await.unwrap();
    }
    batch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", conn).await.unwrap();
    batch("BEGIN", conn).await.unwrap();
}

super::scenarios! {
    async fn an_old_snapshot_is_never_reported_as_the_rows_present_state(database) {
        for deleted in [false, true] {
            let (a, b) = (&mut connect(database).await, &mut connect(database).await);
            let id = if deleted { 2 } else { 1 };
            let refuses = refuses_old_snapshots(b).await;
            begin_snapshot(b).await;
            let mut theirs = load(id, b).await;
            let before = theirs.clone();
            let mut mine = load(id, a).await;
            if deleted {
                delete(&mine, a).await.unwrap();
            } else {
                save(&mut mine, a).await.unwrap();
            }
            let error = save(&mut theirs, b).await.unwrap_err();
            assert!(error.is_retryable());
            assert_eq!(theirs, before);
            match error {
                Error::Stale(stale) if BACKEND == Backend::Mysql && !refuses => {
                    // The UPDATE meets the new row, the SELECT sees the old one.
                    assert!(stale.is_from_old_snapshot());
                    assert!(!stale.is_deleted());
                    assert!(stale.to_string().contains("begin a new one"), "{stale}");
                }
                Error::Database(_) if BACKEND == Backend::Postgres => {}
                error if refuses => assert!(is_newer_than_snapshot(&error), "{error:?}"),
                other => panic!("{other:?}"),
            }
            batch("ROLLBACK", b).await.unwrap();
            // In a new transaction it is known which.
            let Err(Error::Stale(stale)) = save(&mut theirs, b).await else { panic!("it is stale") };
            assert_eq!((stale.is_deleted(), stale.is_from_old_snapshot()), (deleted, false));
        }
    }

    async fn a_guarded_write_that_comes_too_late_is_a_conflict_whatever_its_snapshot_shows(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let refuses = refuses_old_snapshots(b).await;
        for (deleted, by_delete) in [(false, false), (false, true), (true, false), (true, true)] {
            batch("DELETE FROM products", a).await.unwrap();
            batch("INSERT INTO products VALUES (1, 'lamp', NULL, 10, 1), (2, 'desk', NULL, 20, 1)", a).await.unwrap();
            begin_known_snapshot(b).await;
            let mut theirs = load(1, b).await;
            theirs.name = "theirs".into();
            let before = theirs.clone();
            let mut mine = load(1, a).await;
            if deleted {
                delete(&mine, a).await.unwrap();
            } else {
                save(&mut mine, a).await.unwrap();
            }
            let stored = rows(a).await;
            // It holds for the row, before and after.
            let guard = products::quantity.ge(0);
            let written = if by_delete { delete_if(&theirs, guard, b).await } else { save_if(&mut theirs, guard, b).await };
            let error = written.unwrap_err();
            assert!(error.is_retryable(), "{error:?}");
            match &error {
                error if refuses => assert!(is_newer_than_snapshot(error), "{error:?}"),
                Error::Stale(stale) => assert_eq!(
                    (stale.is_deleted(), stale.actual(), stale.is_from_old_snapshot()),
                    (deleted, (!deleted).then_some("2"), false)
                ),
                Error::Database(_) if BACKEND == Backend::Postgres => {}
                other => panic!("{other:?}"),
            }
            rollback(b).await.unwrap();
            assert_eq!((theirs, rows(a).await), (before, stored));
        }
        // What the guard alone refuses is the guard's.
        let mut desk = load(2, b).await;
        begin_known_snapshot(b).await;
        assert!(matches!(save_if(&mut desk, products::quantity.gt(100), b).await, Err(Error::Guard(_))));
        assert!(matches!(delete_if(&desk, products::quantity.gt(100), b).await, Err(Error::Guard(_))));
        save_if(&mut desk, products::quantity.gt(10), b).await.unwrap();
        rollback(b).await.unwrap();
    }

    async fn the_same_of_versions_that_the_database_makes(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let trigger = VersionTrigger::counter("products", "version");
        let sql = if BACKEND == Backend::Postgres { trigger.postgres() } else { trigger.mysql() };
        batch(&sql, a).await.unwrap();
        begin_known_snapshot(b).await;
        let select = || products::table.find(1).select(Generated::as_select());
        let mut theirs: Generated = first(select(), b).await.unwrap();
        let before = theirs.clone();
        save(&mut load(1, a).await, a).await.unwrap();
        let stored = rows(a).await;
        let error = save_if(&mut theirs, products::quantity.ge(0), b).await.unwrap_err();
        assert!(error.is_retryable(), "{error:?}");
        rollback(b).await.unwrap();
        assert_eq!((theirs, rows(a).await), (before, stored));
    }

    #[cfg(feature = "retry")]
    async fn a_guarded_write_that_comes_too_late_is_retried(database) {
        use occ_runtime::RetryPolicy;
        use std::sync::atomic::{AtomicU32, Ordering};

        use super::cell::retry;

        let conn = &mut connect(database).await;
        if BACKEND == Backend::Mysql {
            batch("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", conn).await.unwrap();
        }
        let attempts = AtomicU32::new(0);
        let saved: Result<(), Error> = retry(&RetryPolicy::new(), conn, async |conn| {
            let mut lamp = load(1, conn).await;
            if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
                std::thread::scope(|scope| {
                    scope.spawn(|| {
                        block_on(async {
                            let other = &mut connect(database).await;
                            save(&mut load(1, other).await, other).await.unwrap();
                        });
                    });
                });
            }
            lamp.quantity += 5;
            save_if(&mut lamp, products::quantity.ge(0), conn).await
        })
        .await;
        saved.unwrap();
        let lamp = load(1, conn).await;
        assert_eq!((attempts.load(Ordering::Relaxed), lamp.quantity, lamp.version), (2, 15, 3));
    }

    async fn who_waited_for_the_other_is_stale_after_its_commit_and_first_after_its_rollback(database) {
        for (end, versions) in [("COMMIT", (2, 1)), ("ROLLBACK", (1, 2))] {
            batch("UPDATE products SET version = 1 WHERE id = 1", &mut connect(database).await).await.unwrap();
            let has_written = Barrier::new(2);
            let first = || {
                block_on(async {
                    let conn = &mut connect(database).await;
                    let mut mine = load(1, conn).await;
                    batch("BEGIN", conn).await.unwrap();
                    save(&mut mine, conn).await.unwrap();
                    has_written.wait();
                    // Whether the other has sent its UPDATE by now or not, the outcome is the same.
                    batch(end, conn).await.unwrap();
                });
            };
            let second = || {
                block_on(async {
                    let conn = &mut connect(database).await;
                    let mut theirs = load(1, conn).await;
                    theirs.version = 1;
                    has_written.wait();
                    let result = save(&mut theirs, conn).await;
                    assert_eq!(theirs.version, versions.1);
                    result
                })
            };
            let result = std::thread::scope(|scope| {
                let first = scope.spawn(first);
                let result = scope.spawn(second).join().unwrap();
                first.join().unwrap();
                result
            });
            match end {
                "COMMIT" => assert!(result.unwrap_err().is_stale()),
                _ => result.unwrap(),
            }
            assert_eq!(load(1, &mut connect(database).await).await.version, 2);
        }
    }
}
