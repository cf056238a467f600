//! The errors by which servers say "somebody else was here", each provoked and classified.

use std::sync::Barrier;

use diesel::prelude::*;
use occ_runtime::{Error, Transient};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, batch, begin, block_on, commit, connect, execute, first, rollback, save, touch,
    transaction, update,
};
use super::deadlock::{deadlock, transient};
use super::product::{load, products};

/// What the server calls this connection.
async fn connection_id(conn: &mut Conn) -> i64 {
    let id = match BACKEND {
        Backend::Postgres => "CAST(pg_backend_pid() AS BIGINT)",
        _ => "CAST(CONNECTION_ID() AS SIGNED)",
    };
    first(diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(id)), conn).await.unwrap()
}

/// Ends the connection `id`, from another one.
async fn kill(id: i64, conn: &mut Conn) {
    let kill = match BACKEND {
        Backend::Postgres => format!("SELECT pg_terminate_backend({id})"),
        _ => format!("KILL {id}"),
    };
    batch(&kill, conn).await.unwrap();
}

super::scenarios! {
    async fn a_deadlock_is_retryable_and_the_transaction_can_be_run_again(database) {
        deadlock(database, "", async |conn, product, error| {
            assert_eq!((transient(&error), error.is_retryable()), (Some(Transient::Deadlock), true));
            assert!(!error.needs_new_connection());
            rollback(conn).await.unwrap();
            // The other commits before this reads, or after it, and then it is stale once more.
            loop {
                begin(conn).await.unwrap();
                *product = load(product.id, conn).await;
                match save(product, conn).await {
                    Ok(()) => break commit(conn).await.unwrap(),
                    Err(error) => assert!(error.is_retryable(), "{error}"),
                }
                rollback(conn).await.unwrap();
            }
        });
        let conn = &mut connect(database).await;
        let versions = (load(1, conn).await.version, load(2, conn).await.version);
        assert!(versions == (3, 2) || versions == (2, 3), "{versions:?}");
    }

    async fn a_serialization_failure_is_retryable(database) {
        if BACKEND != Backend::Postgres {
            return; // MariaDB answers with a deadlock or an old record, both provoked here too.
        }
        for level in ["REPEATABLE READ", "SERIALIZABLE"] {
            let (a, b) = (&mut connect(database).await, &mut connect(database).await);
            batch(&format!("BEGIN ISOLATION LEVEL {level}"), b).await.unwrap();
            let mut theirs = load(1, b).await;
            save(&mut load(1, a).await, a).await.unwrap();
            let before = theirs.clone();
            let error = save(&mut theirs, b).await.unwrap_err();
            assert_eq!(transient(&error), Some(Transient::SerializationFailure), "{level}");
            assert!(error.is_retryable() && !error.is_stale());
            assert_eq!(theirs, before);
            batch("ROLLBACK", b).await.unwrap();
        }
    }

    async fn a_record_newer_than_the_snapshot_is_retryable(database) {
        if BACKEND != Backend::Mysql {
            return; // Error 1020 is MariaDB's alone.
        }
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        if batch("SET SESSION innodb_snapshot_isolation = ON", b).await.is_err() {
            return occ_tests::report::skipped("error 1020", "needs MariaDB 10.6 or newer with innodb_snapshot_isolation");
        }
        batch("BEGIN", b).await.unwrap();
        let mut theirs = load(1, b).await;
        save(&mut load(1, a).await, a).await.unwrap();
        let before = theirs.clone();
        let error = save(&mut theirs, b).await.unwrap_err();
        assert_eq!((transient(&error), error.is_retryable()), (Some(Transient::RecordChanged), true));
        assert_eq!(theirs, before);
        batch("ROLLBACK", b).await.unwrap();
    }

    async fn a_lock_that_comes_too_late_is_retryable(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let mut mine = load(1, a).await;
        let mut theirs = load(1, b).await;
        begin(a).await.unwrap();
        save(&mut mine, a).await.unwrap();
        batch(
            if BACKEND == Backend::Postgres { "SET lock_timeout = '50ms'" } else { "SET SESSION innodb_lock_wait_timeout = 1" },
            b,
        )
        .await
        .unwrap();
        let before = theirs.clone();
        let error = save(&mut theirs, b).await.unwrap_err();
        assert_eq!(transient(&error), Some(Transient::LockTimeout));
        assert_eq!(theirs, before);
        commit(a).await.unwrap();
        assert!(save(&mut theirs, b).await.unwrap_err().is_stale());
    }

    async fn a_connection_that_is_killed_leaves_the_value_and_has_to_go(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let mut product = load(1, b).await;
        product.name = "changed".into();
        let id = connection_id(b).await;
        kill(id, a).await;
        let before = product.clone();
        let mut error = save(&mut product, b).await.unwrap_err();
        assert_eq!(product, before);
        assert!(!error.is_stale());
        if !error.needs_new_connection() {
            // The first statement after the kill may carry the server's farewell; the second finds nobody.
            error = save(&mut product, b).await.unwrap_err();
        }
        assert!(error.needs_new_connection(), "{error:?}");
        assert_eq!(product, before);
        save(&mut product, a).await.unwrap();
    }

    async fn a_rollback_that_fails_breaks_the_connection_and_the_error_says_so(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let mut product = load(1, b).await;
        let before = product.clone();
        let id = connection_id(b).await;
        let mut next = load(2, b).await;
        let result: Result<(), Error> = transaction(b, &mut product, async |conn, product| {
            save(product, conn).await?;
            kill(id, a).await;
            save(product, conn).await
        })
        .await;
        assert!(result.is_err());
        assert_eq!(product, before);
        let again: Result<(), Error> = transaction(b, &mut next, async |conn, next| save(next, conn).await).await;
        assert!(again.unwrap_err().needs_new_connection());
        let c = &mut connect(database).await;
        assert_eq!(load(1, c).await, before, "nothing of it is stored");
        save(&mut product, c).await.unwrap();
    }

    async fn an_ignored_error_in_an_aborted_transaction_is_not_taken_for_a_commit(database) {
        if BACKEND != Backend::Postgres {
            return; // Elsewhere a failed statement does not abort its transaction.
        }
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        product.name = "changed".into();
        let before = product.clone();
        let result = transaction(conn, &mut product, async |conn, product| {
            save(product, conn).await?;
            let ignored = update(product, products::name.eq(products::note.assume_not_null().concat(
                diesel::dsl::sql::<diesel::sql_types::Text>("(1/0)::text"))), conn).await;
            assert!(ignored.is_err());
            Ok(())
        })
        .await;
        let Err(Error::TransactionAborted(error)) = result else { panic!("nothing was committed: {result:?}") };
        assert!(error.cause().to_string().contains("current transaction is aborted"), "{error}");
        assert_eq!(product, before);
        assert_eq!(load(1, conn).await.name, "lamp");
        save(&mut product, conn).await.unwrap();
    }

    async fn diesels_own_transaction_reports_success_where_nothing_is_committed(database) {
        // Not ours to change, but the reason for the savepoint in `optimistic_transaction`.
        if BACKEND != Backend::Postgres {
            return;
        }
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        begin(conn).await.unwrap();
        save(&mut product, conn).await.unwrap();
        assert!(batch("SELECT 1/0", conn).await.is_err());
        commit(conn).await.unwrap();
        assert_eq!((product.version, load(1, conn).await.version), (2, 1));
    }

    async fn a_deadlock_that_is_ignored_is_not_taken_for_a_commit(database) {
        let both_hold_one = Barrier::new(2);
        let worker = |ids: [i32; 2]| {
            let both_hold_one = &both_hold_one;
            move || {
                block_on(async {
                    let conn = &mut connect(database).await;
                    let (mut one, mut other) = (load(ids[0], conn).await, load(ids[1], conn).await);
                    let before = (one.clone(), other.clone());
                    let mut stopped = false;
                    let result: Result<(), Error> =
                        transaction(conn, (&mut one, &mut other), async |conn, (one, other)| {
                            touch(one, conn).await?;
                            both_hold_one.wait();
                            stopped = save(other, conn).await.is_err();
                            Ok(())
                        })
                        .await;
                    if stopped {
                        assert!(matches!(result, Err(Error::TransactionAborted(_))), "{result:?}");
                        assert_eq!((one, other), before, "every version is back");
                    } else {
                        result.unwrap();
                    }
                    stopped
                })
            }
        };
        let victims = std::thread::scope(|scope| {
            let workers = [scope.spawn(worker([1, 2])), scope.spawn(worker([2, 1]))];
            workers.into_iter().map(|worker| worker.join().unwrap()).filter(|stopped| *stopped).count()
        });
        assert_eq!(victims, 1);
        let conn = &mut connect(database).await;
        assert_eq!((load(1, conn).await.version, load(2, conn).await.version), (2, 2), "the other's work is whole");
    }

    async fn a_rolled_back_statement_after_a_deadlock_needs_a_new_transaction(database) {
        if BACKEND != Backend::Mysql {
            return;
        }
        // MySQL has ended the transaction at the deadlock, so what follows it commits by itself.
        deadlock(database, "", async |conn, product, _ignored| {
            let count = execute(
                diesel::update(products::table.find(product.id)).set(products::note.eq("after the deadlock")), conn,
            ).await.unwrap();
            assert_eq!(count, 1);
            let _ = rollback(conn).await;
            assert_eq!(load(product.id, conn).await.note.as_deref(), Some("after the deadlock"));
        });
    }

    async fn a_row_that_is_locked_is_so_whatever_its_table_is_called(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        for name in ["deadlock detected", "terminating connection due to administrator command", "MySQL server has gone away"] {
            let name = if BACKEND == Backend::Postgres { format!("\"{name}\"") } else { format!("`{name}`") };
            batch(&format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY); INSERT INTO {name} VALUES (1)"), a).await.unwrap();
            let lock = format!("SELECT id FROM {name} WHERE id = 1 FOR UPDATE NOWAIT");
            begin(a).await.unwrap();
            batch(&lock, a).await.unwrap();
            begin(b).await.unwrap();
            let error = Error::from(batch(&lock, b).await.unwrap_err());
            assert_eq!((transient(&error), error.is_retryable()), (Some(Transient::LockTimeout), true), "{error:?}");
            assert!(!error.needs_new_connection(), "{error:?}");
            rollback(b).await.unwrap();
            rollback(a).await.unwrap();
        }
    }

    async fn a_record_newer_than_the_snapshot_is_so_whatever_its_table_is_called(database) {
        if BACKEND != Backend::Mysql {
            return; // Error 1020 is MariaDB's alone.
        }
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        if batch("SET SESSION innodb_snapshot_isolation = ON", b).await.is_err() {
            return occ_tests::report::skipped("error 1020", "needs MariaDB 10.6 or newer with innodb_snapshot_isolation");
        }
        for name in ["database is locked", "MySQL server has gone away", "it''s"] {
            batch(&format!("CREATE TABLE `{name}` (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO `{name}` VALUES (1, 0)"), a)
                .await
                .unwrap();
            let update = format!("UPDATE `{name}` SET n = n + 1");
            batch(&format!("BEGIN; SELECT n FROM `{name}`"), b).await.unwrap();
            batch(&update, a).await.unwrap();
            let error = Error::from(batch(&update, b).await.unwrap_err());
            assert_eq!((transient(&error), error.needs_new_connection()), (Some(Transient::RecordChanged), false), "{error:?}");
            batch("ROLLBACK", b).await.unwrap();
        }
    }

    async fn a_write_that_is_refused_as_on_a_standby_says_that_the_connection_has_to_go(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let before = product.clone();
        // The same on a standby of PostgreSQL's. MySQL and MariaDB say of their own read-only session something else
        // than a server that is read-only, which no test that runs beside others can have.
        let (read_only, is_lost) = match BACKEND {
            Backend::Postgres => ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", true),
            _ => ("SET SESSION TRANSACTION READ ONLY", false),
        };
        batch(read_only, conn).await.unwrap();
        let error = save(&mut product, conn).await.unwrap_err();
        assert!(matches!(
            error,
            Error::Database(diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::ReadOnlyTransaction, _))
        ), "{error:?}");
        assert_eq!((error.is_retryable(), error.needs_new_connection()), (false, is_lost), "{error:?}");
        assert_eq!(product, before);
    }

    async fn a_connection_that_the_server_ends_for_its_idleness_has_to_go(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let mut product = load(1, b).await;
        let before = product.clone();
        let id = connection_id(b).await;
        let idle = match BACKEND {
            Backend::Postgres => "SET idle_in_transaction_session_timeout = '20ms'; BEGIN",
            _ => "SET SESSION wait_timeout = 1",
        };
        batch(idle, b).await.unwrap();
        let alive = match BACKEND {
            Backend::Postgres => format!("(SELECT count(*) FROM pg_stat_activity WHERE pid = {id})"),
            _ => format!("(SELECT count(*) FROM information_schema.processlist WHERE id = {id})"),
        };
        while first::<_, i64>(diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&alive)), a).await.unwrap() > 0 {
            std::thread::yield_now();
        }
        let error = save(&mut product, b).await.unwrap_err();
        assert!(error.needs_new_connection() && !error.is_retryable(), "{error:?}");
        assert_eq!(product, before);
        save(&mut product, a).await.unwrap();
    }
}
