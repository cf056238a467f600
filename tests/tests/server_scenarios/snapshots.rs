//! What a transaction sees of a row that somebody else changed or deleted.

use std::sync::Barrier;

use occ_runtime::Error;
use occ_tests::cell::Backend;

use super::cell::{BACKEND, batch, block_on, connect, delete, save};
use super::product::load;

/// Begins a transaction that sees one snapshot from its first read on.
async fn begin_snapshot(conn: &mut super::cell::Conn) {
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
                Error::Stale(stale) if BACKEND == Backend::Mysql => {
                    // MariaDB: the UPDATE meets the new row, the SELECT sees the old one.
                    assert!(stale.is_seen_through_old_snapshot());
                    assert!(!stale.is_deleted());
                    assert!(stale.to_string().contains("start a new transaction"), "{stale}");
                }
                Error::Database(_) if BACKEND == Backend::Postgres => {}
                other => panic!("{other:?}"),
            }
            batch("ROLLBACK", b).await.unwrap();
            // In a new transaction it is known which.
            let Err(Error::Stale(stale)) = save(&mut theirs, b).await else { panic!("it is stale") };
            assert_eq!((stale.is_deleted(), stale.is_seen_through_old_snapshot()), (deleted, false));
        }
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
