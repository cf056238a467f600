//! The server gives up: a lock or a statement takes too long, or it may not write.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use occ_runtime::RetryPolicy;
use occ_tests::cell::Backend;

use super::calls::{CALLS, Held, fresh_rows};
use super::cell::{BACKEND, Conn, batch, begin, connect, modify_with, retry, rollback, save};
use super::holder::holder;
use super::left::{Before, Class, Stored};
use super::product::{Product, load};

/// Somebody else has row 1.
async fn hold(conn: &mut Conn) {
    begin(conn).await.unwrap();
    save(&mut load(1, conn).await, conn).await.unwrap();
}

/// Gives up on a lock almost at once.
async fn be_impatient(conn: &mut Conn) {
    let impatient = match BACKEND {
        Backend::Postgres => "SET lock_timeout = '5ms'",
        _ => "SET SESSION innodb_lock_wait_timeout = 0",
    };
    batch(impatient, conn).await.unwrap();
}

faults! {
    async fn a_lock_that_is_not_had_in_time(database) {
        for call in CALLS.into_iter().filter(|call| !call.loops()) {
            fresh_rows(&database).await;
            let (holding, conn) = (&mut connect(&database).await, &mut connect(&database).await);
            be_impatient(conn).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            hold(holding).await;
            let error = call.run(&mut held, conn).await.unwrap_err();
            rollback(holding).await.unwrap();
            before.check(&error, Class::Retryable, Stored::Nothing, &mut held, conn, &database).await;
        }
    }

    async fn a_loop_that_does_not_have_its_lock_in_time(database) {
        for runs in [false, true] {
            fresh_rows(&database).await;
            let conn = &mut connect(&database).await;
            be_impatient(conn).await;
            let (thread, holds, give_back) = holder(&database);
            holds.recv().unwrap();
            let calls = &AtomicU32::new(0);
            let policy = RetryPolicy::new().escalate_after(0).observe(move |_| {
                let _ = give_back.try_send(());
            });
            if runs {
                retry(&policy, conn, async move |conn| {
                    calls.fetch_add(1, Relaxed);
                    let mut row = load(1, conn).await;
                    row.quantity += 1;
                    save(&mut row, conn).await
                })
                .await
                .unwrap();
                assert!(calls.load(Relaxed) > 1, "it was lost at first");
            } else {
                // It has waited for its lock before the closure is called.
                modify_with(&policy, 1, conn, |row: &mut Product| {
                    calls.fetch_add(1, Relaxed);
                    row.quantity += 1;
                })
                .await
                .unwrap();
                assert_eq!(calls.load(Relaxed), 1);
            }
            thread.join().unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.quantity, row.version), (11, 2), "done once");
        }
    }

    async fn a_statement_that_takes_too_long(database) {
        let (limit, without) = match BACKEND {
            Backend::Postgres => ("SET statement_timeout = '100ms'", "SET statement_timeout = 0"),
            _ => ("SET SESSION max_statement_time = 0.1", "SET SESSION max_statement_time = 0"),
        };
        for call in CALLS {
            fresh_rows(&database).await;
            let (holding, conn) = (&mut connect(&database).await, &mut connect(&database).await);
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            hold(holding).await;
            if batch(limit, conn).await.is_err() {
                return occ_tests::report::skipped("a_statement_that_takes_too_long", "this server has no max_statement_time");
            }
            let error = call.run(&mut held, conn).await.unwrap_err();
            batch(without, conn).await.unwrap();
            rollback(holding).await.unwrap();
            before.check(&error, Class::Yours, Stored::Nothing, &mut held, conn, &database).await;
        }
    }

    async fn a_session_that_may_not_write(database) {
        // PostgreSQL says of it what it says on a standby: see `needs_new_connection`.
        let (read_only, class) = match BACKEND {
            Backend::Postgres => ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", Class::Lost),
            _ => ("SET SESSION TRANSACTION READ ONLY", Class::Yours),
        };
        for call in CALLS {
            fresh_rows(&database).await;
            let conn = &mut connect(&database).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            batch(read_only, conn).await.unwrap();
            let error = call.run(&mut held, conn).await.unwrap_err();
            if class == Class::Yours {
                batch("SET SESSION TRANSACTION READ WRITE", conn).await.unwrap();
            }
            before.check(&error, class, Stored::Nothing, &mut held, conn, &database).await;
        }
    }

    async fn a_full_table(database) {
        if BACKEND != Backend::Mysql {
            return; // PostgreSQL has no limit but the disk: `a_server_whose_disk_is_full`.
        }
        let other = &mut connect(&database).await;
        // A transaction's own table cannot be limited, but one that its trigger writes.
        let full = "SET SESSION max_heap_table_size = 16384; CREATE TABLE ballast (bytes CHAR(255)) ENGINE = MEMORY";
        for sql in full.split("; ") {
            batch(sql, other).await.unwrap();
        }
        while batch("INSERT INTO ballast VALUES ('x')", other).await.is_ok() {}
        for call in CALLS {
            fresh_rows(&database).await;
            let grow = "CREATE TRIGGER grow AFTER UPDATE ON products FOR EACH ROW INSERT INTO ballast VALUES ('x')";
            batch(grow, other).await.unwrap();
            let conn = &mut connect(&database).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            let error = call.run(&mut held, conn).await.unwrap_err();
            batch("DROP TRIGGER grow", other).await.unwrap();
            assert!(error.to_string().contains("is full"), "{call:?}: {error:?}");
            before.check(&error, Class::Yours, Stored::Nothing, &mut held, conn, &database).await;
        }
    }
}
