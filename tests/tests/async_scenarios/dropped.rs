//! A future that is dropped at any of its await points leaves the value as it was.

use occ_runtime::{
    AsyncAggregateDsl, AsyncExpectingDsl, AsyncHistoryDsl, AsyncOptimisticBatchDsl, AsyncOptimisticDsl,
    AsyncOptimisticInsertDsl, Error, Expect, OnStale, Tracked,
};

use super::cell::{batch, begin, commit, connect, save, transaction};
use super::poll_at_most;
use super::product::{Product, load, products};
use crate::scenarios::{history::history, trigger_sql};
use diesel::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Of the same rows.
#[derive(Clone, Debug, PartialEq, occ_runtime::OptimisticLock)]
#[diesel(table_name = products)]
#[occ(tracked)]
struct TrackedProduct {
    id: i32,
    note: Option<String>,
    version: i32,
}

/// Runs `$call` on a fresh value and connection with 0, 1, 2 .. polls until it gets ready, and says how many it took.
macro_rules! drop_after_each_poll {
    ($database:ident, $id:expr, |$product:ident, $conn:ident| $call:expr, $done:expr) => {{
        let mut polls = 0;
        loop {
            let $conn = &mut connect($database).await;
            let mut value = load($id, $conn).await;
            value.quantity += 1;
            let before = value.clone();
            let outcome = {
                let $product = &mut value;
                poll_at_most(polls, async { $call.await }).await
            };
            match outcome {
                Some(result) => {
                    let done: fn(Result<(), Error>, bool) = $done;
                    done(result, value == before);
                    break polls;
                }
                None => assert_eq!(value, before, "dropped after {polls} polls"),
            }
            polls += 1;
            assert!(polls < 1000, "it never gets ready");
        }
    }};
}

super::scenarios! {
    async fn a_dropped_save_leaves_the_value_whenever_it_is_dropped(database) {
        let polls = drop_after_each_poll!(
            database, 1, |product, conn| product.save_optimistic(conn),
            |result, unchanged| { result.unwrap(); assert!(!unchanged); }
        );
        assert!(polls >= 1);
        occ_tests::report::measured(format_args!("a save was ready at poll {polls}; dropped before each"));
    }

    async fn a_dropped_overwrite_leaves_the_value_whenever_it_is_dropped(database) {
        let polls = drop_after_each_poll!(
            database, 1, |product, conn| async { product.overwrite_optimistic(conn).await.map(drop) },
            |result, unchanged| { result.unwrap(); assert!(!unchanged); }
        );
        assert!(polls >= 1);
    }

    async fn a_dropped_conflict_leaves_the_value_whenever_it_is_dropped(database) {
        // With a version that the row never has, so that each run reaches the SELECT after the conflict.
        drop_after_each_poll!(
            database, 1, |product, conn| product.save_optimistic_expecting(&-7, conn),
            |result, unchanged| { assert!(result.unwrap_err().is_stale()); assert!(unchanged); }
        );
    }

    async fn dropped_updates_touches_and_reloads_leave_the_value(database) {
        drop_after_each_poll!(
            database, 1, |product, conn| product.update_optimistic(products::note.eq("x"), conn),
            |result, _| result.unwrap()
        );
        drop_after_each_poll!(database, 1, |product, conn| product.touch_optimistic(conn), |result, _| result.unwrap());
        drop_after_each_poll!(database, 2, |product, conn| product.reload(conn), |result, _| result.unwrap());
    }

    async fn a_dropped_look_for_a_revision_leaves_a_connection_that_says_so(database) {
        trigger_sql::make(&history(), &mut connect(database).await).await;
        save(&mut load(1, &mut connect(database).await).await, &mut connect(database).await).await.unwrap();
        for polls in 0.. {
            let conn = &mut connect(database).await;
            if let Some(found) = poll_at_most(polls, Product::revision(1, 1, conn)).await {
                assert_eq!(found.unwrap().map(|row| row.version), Some(1));
                break;
            }
            // The same connection again: what was found in time, or that it is of no use.
            match Product::revision(1, 1, conn).await {
                Ok(found) => assert_eq!(found.map(|row| row.version), Some(1), "dropped after {polls} polls"),
                Err(error) => assert!(error.needs_new_connection(), "{error:?}"),
            }
            assert!(polls < 1000, "it never gets ready");
        }
    }

    async fn dropped_inserts_and_upserts_leave_the_value(database) {
        drop_after_each_poll!(
            database, 1, |product, conn| product.insert_optimistic(conn),
            |result, unchanged| { assert!(matches!(result, Err(Error::Exists(_)))); assert!(unchanged); }
        );
        drop_after_each_poll!(
            database, 1,
            |product, conn| async { product.upsert_optimistic(Expect::Any, conn).await.map(drop) },
            |result, unchanged| { result.unwrap(); assert!(!unchanged); }
        );
    }

    async fn a_dropped_transaction_puts_every_version_back(database) {
        drop_after_each_poll!(
            database, 1,
            |product, conn| transaction(conn, product, async |conn, product| {
                save(product, conn).await?;
                save(product, conn).await
            }),
            |result, unchanged| { result.unwrap(); assert!(!unchanged); }
        );
    }

    async fn a_dropped_save_that_only_reports_leaves_the_value(database) {
        let stale = AtomicU32::new(0);
        let report = |_: &_| { stale.fetch_add(1, Relaxed); };
        // At a version that the row never has, so that each run has something to report.
        let mut polls = 0;
        loop {
            let conn = &mut connect(database).await;
            let mut behind = Product { version: 0, ..load(1, conn).await };
            let before = behind.clone();
            match poll_at_most(polls, behind.save_optimistic_with(OnStale::Report(&report), conn)).await {
                Some(outcome) => {
                    outcome.unwrap();
                    assert!(behind.version > 1);
                    break;
                }
                None => assert_eq!((&behind, stale.load(Relaxed)), (&before, 0), "dropped after {polls} polls"),
            }
            polls += 1;
            assert!(polls < 1000, "it never gets ready");
        }
        assert!(polls >= 3 && stale.load(Relaxed) == 1);
    }

    async fn a_dropped_root_is_put_back_with_its_children_whenever_it_is_dropped(database) {
        for is_tracked in [false, true] {
            for polls in 0.. {
                assert!(polls < 1000, "it never gets ready");
                let conn = &mut connect(database).await;
                let (mut root, mut child) = (load(1, conn).await, load(2, conn).await);
                let mut tracked = Tracked::new(TrackedProduct { id: 1, note: None, version: root.version });
                tracked.note = Some(format!("{polls}"));
                child.quantity += 1;
                let before = (root.clone(), tracked.clone(), child.clone());
                let outcome: Option<Result<(), Error>> = if is_tracked {
                    let work = tracked.with_these_children(conn, &mut child, async |conn, _, child| {
                        save(child, conn).await
                    });
                    poll_at_most(polls, work).await
                } else {
                    let work = root.with_these_children(conn, &mut child, async |conn, root, child| {
                        save(child, conn).await?;
                        save(root, conn).await
                    });
                    poll_at_most(polls, work).await
                };
                match outcome {
                    Some(Ok(())) => break,
                    // The one before had sent its COMMIT when it was dropped, and the server has come to it now.
                    Some(Err(error)) => assert!(error.is_stale(), "{error:?}"),
                    None => {
                        // What the same connection says: it refuses, or nothing was sent.
                        if let Err(refused) = save(&mut load(2, &mut connect(database).await).await, conn).await {
                            assert!(refused.needs_new_connection() || refused.is_retryable(), "{refused:?} after {polls} polls");
                        }
                    }
                }
                assert_eq!((&root, &tracked, &child), (&before.0, &before.1, &before.2), "after {polls} polls");
            }
        }
    }

    async fn a_dropped_transaction_puts_what_has_come_to_a_vec_back(database) {
        for polls in 0.. {
            let conn = &mut connect(database).await;
            let mut rows = vec![load(1, conn).await];
            let before = [rows[0].version, load(2, conn).await.version];
            let work = transaction(conn, &mut rows, async |conn, rows| {
                let mut desk = load(2, conn).await;
                save(&mut desk, conn).await?;
                rows.push(desk);
                rows.swap(0, 1);
                save(&mut rows[1], conn).await?;
                save(&mut rows[0], conn).await
            });
            match poll_at_most(polls, work).await {
                Some(Ok(())) => break,
                // The one before had sent its COMMIT when it was dropped, and the server has come to it now.
                Some(Err(error)) => assert!(error.is_stale(), "{error:?}"),
                None => {}
            }
            for row in &rows {
                let version = if row.id == 1 { before[0] } else { before[1] };
                assert_eq!(row.version, version, "row {} after {polls} polls", row.id);
            }
            assert!(polls < 1000, "it never gets ready");
        }
    }

    async fn a_dropped_batch_leaves_every_value(database) {
        drop_after_each_poll!(
            database, 1, |product, conn| std::slice::from_mut(product).save_all_optimistic(conn),
            |result, unchanged| { result.unwrap(); assert!(!unchanged); }
        );
    }

    async fn after_a_dropped_save_the_next_one_is_right_whether_the_statement_ran_or_not(database) {
        for polls in 0..6 {
            let setup = &mut connect(database).await;
            batch("UPDATE products SET quantity = 10, version = 1 WHERE id = 1", setup).await.unwrap();
            let mut product = load(1, setup).await;
            product.quantity = 11;
            {
                let conn = &mut connect(database).await;
                let _ = poll_at_most(polls, product.save_optimistic(conn)).await;
            }
            let version = product.version;
            let conn = &mut connect(database).await;
            match save(&mut product, conn).await {
                Ok(()) => assert_eq!(product.version, version + 1),
                // The dropped one had run: refused, not written twice.
                Err(error) => assert!(error.is_stale(), "{error}"),
            }
            assert_eq!(load(1, conn).await.quantity, 11);
        }
    }

    async fn after_a_dropped_commit_of_diesels_nothing_panics_and_the_connection_says_so(database) {
        for polls in 0.. {
            let mut conn = connect(database).await;
            let conn = &mut conn;
            let mut rows = [load(1, conn).await, load(2, conn).await];
            begin(conn).await.unwrap();
            if poll_at_most(polls, commit(conn)).await.is_some() {
                break;
            }
            let outcomes = [
                transaction(conn, &mut rows[0], async |conn, lamp| save(lamp, conn).await).await,
                rows.save_all_optimistic(conn).await,
                save(&mut rows[0], conn).await,
            ];
            // A wrapped connection goes on to its end in another thread.
            let goes_on = polls == 0 || super::cell::BACKEND == occ_tests::cell::Backend::Sqlite;
            for outcome in outcomes {
                let is_refused = matches!(&outcome, Err(error) if error.needs_new_connection());
                assert!(is_refused || goes_on, "{outcome:?} after {polls} polls");
            }
            assert!(polls < 1000, "it never gets ready");
        }
    }

    async fn a_save_that_waits_for_a_lock_can_be_dropped(database) {
        if super::cell::BACKEND == occ_tests::cell::Backend::Sqlite {
            return; // Its wrapper waits in a thread of its own, which cannot be dropped.
        }
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        begin(a).await.unwrap();
        save(&mut mine, a).await.unwrap();
        let before = theirs.clone();
        let soon = std::time::Duration::from_millis(100);
        assert!(tokio::time::timeout(soon, theirs.save_optimistic(b)).await.is_err(), "it waits");
        assert_eq!(theirs, before);
        commit(a).await.unwrap();
        let c = &mut connect(database).await;
        assert!(save(&mut theirs, c).await.unwrap_err().is_stale());
    }
}
