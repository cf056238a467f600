//! Two transactions that cannot both go on: the server stops one of them.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, mpsc};
use std::thread::{JoinHandle, spawn};

use occ_runtime::{Error, RetryPolicy};
use occ_tests::cell::Backend;
use occ_tests::report::skipped;

use super::calls::{Call, Held, IN_TRANSACTION, fresh_rows};
use super::cell::{
    BACKEND, Conn, Database, batch, begin, block_on, connect, retry, rollback, save, transaction,
};
use super::left::{Before, Class, Stored};
use super::product::load;
use super::sessions::{session, wait_until_it_waits};

/// Has row 2, and wants row 1 once it is told so. Its session, and how to tell it.
struct Rival {
    thread: JoinHandle<()>,
    session: i64,
    go: mpsc::Sender<()>,
}

impl Rival {
    fn of(database: &Arc<Database>) -> Self {
        let (tell, session_told) = mpsc::channel();
        let (go, told) = mpsc::channel();
        let database = Arc::clone(database);
        let thread = spawn(move || {
            block_on(async {
                let conn = &mut connect(&database).await;
                // PostgreSQL stops who finds out, and MariaDB who has done less.
                if BACKEND == Backend::Postgres {
                    batch("SET deadlock_timeout = '60s'", conn).await.unwrap();
                }
                begin(conn).await.unwrap();
                for id in 100..150 {
                    let insert = format!("INSERT INTO products VALUES ({id}, 'weight', NULL, 1, 1)");
                    batch(&insert, conn).await.unwrap();
                }
                let mut one = load(1, conn).await;
                save(&mut load(2, conn).await, conn).await.unwrap();
                tell.send(session(conn).await).unwrap();
                told.recv().unwrap();
                save(&mut one, conn).await.unwrap();
                rollback(conn).await.unwrap();
            });
        });
        Self { thread, session: session_told.recv().unwrap(), go }
    }
}

/// Both wait for each other from the next write of row 2 on, by who has row 1.
async fn meet(rival: &Rival, witness: &mut Conn) {
    rival.go.send(()).unwrap();
    wait_until_it_waits(rival.session, witness).await;
}

async fn find_out_soon(conn: &mut Conn) {
    if BACKEND == Backend::Postgres {
        batch("SET deadlock_timeout = '5ms'", conn).await.unwrap();
    }
}

/// Whether a transaction of this connection refuses rows that are newer than what it has seen.
async fn see_one_state(conn: &mut Conn) -> bool {
    match BACKEND {
        Backend::Postgres => {
            let level = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ";
            batch(level, conn).await.unwrap();
            true
        }
        _ => batch("SET SESSION innodb_snapshot_isolation = ON", conn).await.is_ok(),
    }
}

faults! {
    async fn a_deadlock(database) {
        let (conn, witness) = (&mut connect(&database).await, &mut connect(&database).await);
        find_out_soon(conn).await;
        let mut held = Held::load(conn).await;
        let before = Before::of(Call::Transaction, &held);
        let rival = Rival::of(&database);
        let error: Error = transaction(conn, (&mut held.one, &mut held.two), async |conn, (one, two)| {
            save(one, conn).await?;
            meet(&rival, witness).await;
            save(two, conn).await
        })
        .await
        .unwrap_err();
        rival.thread.join().unwrap();
        before.check(&error, Class::Retryable, Stored::Nothing, &mut held, conn, &database).await;
    }

    async fn a_deadlock_in_a_loop(database) {
        let conn = &mut connect(&database).await;
        find_out_soon(conn).await;
        let rival = Rival::of(&database);
        let (calls, rival_of_first, shared) = (&AtomicU32::new(0), &rival, &database);
        retry(&RetryPolicy::new(), conn, async move |conn| {
            let (mut one, mut two) = (load(1, conn).await, load(2, conn).await);
            one.quantity += 1;
            two.quantity += 1;
            save(&mut one, conn).await?;
            if calls.fetch_add(1, Relaxed) == 0 {
                meet(rival_of_first, &mut connect(shared).await).await;
            }
            save(&mut two, conn).await
        })
        .await
        .unwrap();
        assert!(calls.load(Relaxed) > 1, "the first was stopped");
        rival.thread.join().unwrap();
        let rows = (load(1, conn).await, load(2, conn).await);
        assert_eq!((rows.0.quantity, rows.0.version, rows.1.quantity, rows.1.version), (11, 2, 21, 2), "done once");
    }

    async fn a_row_newer_than_the_snapshot(database) {
        fresh_rows(&database).await;
        let (other, conn) = (&mut connect(&database).await, &mut connect(&database).await);
        if !see_one_state(conn).await {
            return skipped("a_row_newer_than_the_snapshot", "this server has no innodb_snapshot_isolation");
        }
        let mut held = Held::load(conn).await;
        let before = Before::of(Call::Transaction, &held);
        let error: Error = transaction(conn, (&mut held.one, &mut held.two), async |conn, (one, two)| {
            load(2, conn).await;
            let their = &mut load(2, other).await;
            save(their, other).await?;
            save(one, conn).await?;
            save(two, conn).await
        })
        .await
        .unwrap_err();
        // As if they had not been there.
        batch("UPDATE products SET version = 1 WHERE id = 2", other).await.unwrap();
        before.check(&error, Class::Retryable, Stored::Nothing, &mut held, conn, &database).await;
    }

    async fn a_row_newer_than_the_snapshot_of_a_loop(database) {
        let conn = &mut connect(&database).await;
        if !see_one_state(conn).await {
            return skipped("a_row_newer_than_the_snapshot_of_a_loop", "this server has no innodb_snapshot_isolation");
        }
        let (calls, shared) = (&AtomicU32::new(0), &database);
        retry(&RetryPolicy::new(), conn, async move |conn| {
            let mut one = load(1, conn).await;
            one.quantity += 1;
            if calls.fetch_add(1, Relaxed) == 0 {
                let other = &mut connect(shared).await;
                save(&mut load(1, other).await, other).await?;
            }
            save(&mut one, conn).await
        })
        .await
        .unwrap();
        assert_eq!(calls.load(Relaxed), 2);
        let row = load(1, conn).await;
        assert_eq!((row.quantity, row.version), (11, 3), "theirs and mine, each once");
    }

    async fn a_constraint_that_is_looked_at_in_the_commit(database) {
        if BACKEND != Backend::Postgres {
            return; // MariaDB has none that waits for the COMMIT.
        }
        let other = &mut connect(&database).await;
        for &call in IN_TRANSACTION {
            fresh_rows(&database).await;
            batch("ALTER TABLE products ADD UNIQUE (version, note) DEFERRABLE INITIALLY DEFERRED", other).await.unwrap();
            batch("INSERT INTO products VALUES (4, 'taken', 'bright', 1, 2)", other).await.unwrap();
            let conn = &mut connect(&database).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            let error = call.run(&mut held, conn).await.unwrap_err();
            batch("ALTER TABLE products DROP CONSTRAINT products_version_note_key", other).await.unwrap();
            before.check(&error, Class::Yours, Stored::Nothing, &mut held, conn, &database).await;
        }
    }
}
