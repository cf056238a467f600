//! `OnStale::Report`: a write that would have been refused is done, and told.

use std::sync::{Barrier, Mutex};

use diesel::result::Error as DieselError;
use occ_runtime::{Error, OnStale, Operation, StaleObjectError};
use occ_tests::cell::{Backend, caught};

use super::cell::{
    BACKEND, batch, begin, block_on, commit, connect, delete_with, record, rollback, save, save_with,
    transaction,
};
use super::product::{Product, load};

/// What a hook was told.
#[derive(Default)]
struct Told(Mutex<Vec<StaleObjectError>>);

impl Told {
    fn note(&self, stale: &StaleObjectError) {
        self.0.lock().unwrap().push(stale.clone());
    }

    fn take(&self) -> Vec<StaleObjectError> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Saves in report mode.
macro_rules! save_and_tell {
    ($row:expr, $told:expr, $conn:expr) => {
        save_with($row, OnStale::Report(&|stale| $told.note(stale)), $conn).await
    };
}

macro_rules! delete_and_tell {
    ($row:expr, $told:expr, $conn:expr) => {
        delete_with($row, OnStale::Report(&|stale| $told.note(stale)), $conn).await
    };
}

super::scenarios! {
    async fn without_a_conflict_it_is_a_save_and_nobody_is_told(database) {
        let conn = &mut connect(database).await;
        let (mut row, told) = (load(1, conn).await, Told::default());
        row.name = "mine".into();
        let recorder = record(conn);
        save_and_tell!(&mut row, told, conn).unwrap();
        assert_eq!(recorder.take().len(), 1);
        assert_eq!((row.version, &row, told.take()), (2, &load(1, conn).await, vec![]));
        drop(recorder.take());
        delete_and_tell!(&row, told, conn).unwrap();
        assert_eq!((recorder.take().len(), told.take()), (1, vec![]));
    }

    async fn a_row_that_has_moved_is_written_over_and_told(database) {
        let conn = &mut connect(database).await;
        let (mut mine, mut theirs, told) = (load(1, conn).await, load(1, conn).await, Told::default());
        for name in ["theirs", "theirs again"] {
            theirs.name = name.into();
            save(&mut theirs, conn).await.unwrap();
        }
        mine.quantity = 7;
        let recorder = record(conn);
        save_and_tell!(&mut mine, told, conn).unwrap();
        let sent = recorder.take();
        let lock = if BACKEND == Backend::Mysql { " FOR UPDATE" } else { "" };
        let update = "UPDATE products SET name = ?, note = ?, quantity = ?, version = ? WHERE id = ? AND version = ? -- ";
        let select = "SELECT version FROM products WHERE id = ?";
        let expected = [
            format!("{update}[\"lamp\", \"bright\", 7, 2, 1, 1]"),
            format!("{select} -- [1]"),
            format!("{select}{lock} -- [1]"),
            format!("{update}[\"lamp\", \"bright\", 7, 4, 1, 3]"),
        ];
        assert_eq!(sent, expected);
        assert_eq!((mine.name.as_str(), mine.version, &mine), ("lamp", 4, &load(1, conn).await));
        let [stale] = &told.take()[..] else { panic!("it is told once") };
        assert_eq!((stale.operation(), stale.table(), stale.key()), (Operation::Save, "products", "1"));
        assert_eq!((stale.expected(), stale.actual()), ("1", Some("3")));
        // Who refuses is told of who only reports.
        assert!(save(&mut theirs, conn).await.unwrap_err().is_stale());
        // And goes on from there.
        save(&mut mine, conn).await.unwrap();
        save_and_tell!(&mut mine, told, conn).unwrap();
        assert_eq!((mine.version, told.take()), (6, vec![]));
    }

    async fn refuse_is_what_all_others_do(database) {
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let before = mine.clone();
        assert!(save_with(&mut mine, OnStale::Refuse, conn).await.unwrap_err().is_stale());
        assert!(delete_with(&mine, OnStale::Refuse, conn).await.unwrap_err().is_stale());
        assert_eq!((&mine, load(1, conn).await.version), (&before, 2));
        let mut mine = load(1, conn).await;
        save_with(&mut mine, OnStale::Refuse, conn).await.unwrap();
        assert_eq!(mine, load(1, conn).await);
        delete_with(&mine, OnStale::Refuse, conn).await.unwrap();
    }

    async fn a_row_that_has_moved_is_deleted_and_told(database) {
        let conn = &mut connect(database).await;
        let (mine, told) = (load(1, conn).await, Told::default());
        save(&mut load(1, conn).await, conn).await.unwrap();
        delete_and_tell!(&mine, told, conn).unwrap();
        let [stale] = &told.take()[..] else { panic!("it is told once") };
        assert_eq!((stale.operation(), stale.key()), (Operation::Delete, "1"));
        assert_eq!((stale.expected(), stale.actual()), ("1", Some("2")));
        // There is nothing left.
        let Err(Error::Stale(stale)) = delete_and_tell!(&mine, told, conn) else { panic!("it is gone") };
        assert!(stale.is_deleted() && stale.operation() == Operation::Delete);
        assert_eq!(told.take(), []);
    }

    async fn what_cannot_be_written_over_is_an_error_and_nobody_is_told(database) {
        let conn = &mut connect(database).await;
        let (mut mine, told) = (load(1, conn).await, Told::default());
        let before = mine.clone();
        batch(&format!("UPDATE products SET version = {} WHERE id = 1", i32::MAX), conn).await.unwrap();
        let outcome = save_and_tell!(&mut mine, told, conn);
        assert!(matches!(outcome, Err(Error::Version(_))), "{outcome:?}");
        batch("DELETE FROM products WHERE id = 1", conn).await.unwrap();
        let Err(Error::Stale(stale)) = save_and_tell!(&mut mine, told, conn) else { panic!("it is gone") };
        assert!(stale.is_deleted());
        assert_eq!((stale.expected(), &mine, told.take()), ("1", &before, vec![]));
        let trigger = match BACKEND {
            Backend::Postgres => {
                "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                 CREATE TRIGGER held BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION held()"
            }
            Backend::Sqlite => "CREATE TRIGGER held BEFORE UPDATE ON products BEGIN SELECT RAISE(IGNORE); END",
            Backend::Mysql => return, // Its triggers cannot leave a row out.
        };
        batch(trigger, conn).await.unwrap();
        let mut held = load(2, conn).await;
        let before = held.clone();
        let Err(Error::Stale(stale)) = save_and_tell!(&mut held, told, conn) else { panic!("it is held back") };
        assert!(stale.is_from_old_snapshot());
        // The same of a row that has moved.
        held.version = 0;
        let outcome = save_and_tell!(&mut held, told, conn);
        assert!(outcome.unwrap_err().is_stale());
        assert_eq!((&Product { version: 1, ..held }, &load(2, conn).await, told.take()), (&before, &before, vec![]));
    }

    async fn a_rollback_puts_the_version_back(database) {
        let conn = &mut connect(database).await;
        let (mut mine, told) = (load(1, conn).await, Told::default());
        save(&mut load(1, conn).await, conn).await.unwrap();
        let outcome: Result<(), Error> = transaction(conn, &mut mine, async |conn, mine| {
            save_and_tell!(mine, told, conn)?;
            assert_eq!(mine.version, 3);
            Err(DieselError::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        // The hook is not told how the transaction has ended.
        assert_eq!((mine.version, load(1, conn).await.version, told.take().len()), (1, 2, 1));
    }

    /// A transaction that goes on seeing the row as it was.
    async fn an_old_snapshot_is_seen_through_or_an_error(database) {
        let conn = &mut connect(database).await;
        let told = Told::default();
        let level = match BACKEND {
            Backend::Postgres => "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            Backend::Mysql => "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            Backend::Sqlite => return, // Lets nobody write from an old snapshot.
        };
        batch(level, conn).await.unwrap();
        begin(conn).await.unwrap();
        let mut mine = load(1, conn).await;
        let before = mine.clone();
        save(&mut load(1, &mut connect(database).await).await, &mut connect(database).await).await.unwrap();
        let outcome = save_and_tell!(&mut mine, told, conn);
        if BACKEND == Backend::Postgres {
            assert!(outcome.unwrap_err().is_retryable());
            assert_eq!((&mine, told.take()), (&before, vec![]));
            rollback(conn).await.unwrap();
            return;
        }
        match outcome {
            Ok(()) => {
                commit(conn).await.unwrap();
                assert_eq!((mine.version, &mine, told.take().len()), (3, &load(1, conn).await, 1));
            }
            // MariaDB with `innodb_snapshot_isolation`.
            Err(error) => {
                assert!(error.is_retryable(), "{error}");
                assert_eq!((&mine, told.take()), (&before, vec![]));
                rollback(conn).await.unwrap();
            }
        }
    }

    async fn a_hook_that_panics_changes_nothing(database) {
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.name = "mine".into();
        save(&mut load(1, conn).await, conn).await.unwrap();
        let panicked = caught(save_with(&mut mine, OnStale::Report(&|_| panic!("in the hook")), conn)).await;
        assert!(panicked.is_none());
        assert_eq!((mine.version, &mine), (3, &load(1, conn).await));
        save(&mut mine, conn).await.unwrap();
        save(&mut mine.clone(), conn).await.unwrap();
        let panicked = caught(delete_with(&mine, OnStale::Report(&|_| panic!("in the hook")), conn)).await;
        assert!(panicked.is_none());
        assert!(save(&mut mine, conn).await.unwrap_err().is_stale());
    }

    async fn those_who_report_lose_nobody_unnoticed(database) {
        const WRITERS: usize = 6;
        const EACH: i32 = 15;
        let (start, written) = (Barrier::new(WRITERS), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (start, written) = (&start, &written);
                scope.spawn(move || {
                    block_on(async {
                        let conn = &mut connect(database).await;
                        let (mut mine, told) = (load(1, conn).await, Told::default());
                        start.wait();
                        for number in 0..EACH {
                            mine.quantity = i32::try_from(writer).unwrap() * 1000 + number;
                            let version = mine.version;
                            save_and_tell!(&mut mine, told, conn).unwrap();
                            let over = match &told.take()[..] {
                                [] => version,
                                [stale] => {
                                    assert_eq!(stale.expected(), version.to_string());
                                    stale.actual().unwrap().parse::<i32>().unwrap()
                                }
                                several => panic!("{several:?}"),
                            };
                            assert_eq!(mine.version, over + 1, "what it was told is what it has written over");
                            assert!(over >= version);
                            written.lock().unwrap().push((mine.version, over != version));
                        }
                    });
                });
            }
        });
        let mut written = written.into_inner().unwrap();
        written.sort_unstable();
        let last = 1 + i32::try_from(WRITERS).unwrap() * EACH;
        assert_eq!(written.iter().map(|(version, _)| *version).collect::<Vec<_>>(), (2..=last).collect::<Vec<_>>());
        assert_eq!(load(1, &mut connect(database).await).await.version, last);
        let reports = written.iter().filter(|(_, is_reported)| *is_reported).count();
        occ_tests::report::measured(format_args!("{BACKEND:?}: of {} saves {reports} were reported", written.len()));
    }
}
