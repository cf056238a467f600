//! What an attempt of `modify_optimistic` asks when it is lost: nothing, but for the last one.

use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use occ_runtime::Error;
use occ_tests::report::measured;

use super::cell::{BACKEND, Conn, block_on, connect, modify_with, record, save};
use super::product::{Product, load};
use super::retry::{at_once, somebody_saves};

const WORKERS: usize = 16;
const EACH: usize = 12;
/// Of four turns.
const ALL: i32 = 16 * 12 * 4;

async fn increment(conn: &mut Conn) {
    let policy = at_once().unlimited_attempts().without_deadline().never_escalate();
    modify_with(&policy, 1, conn, |row: &mut Product| row.quantity += 1).await.unwrap();
}

/// The same by hand: each save that is lost is followed by a look at the row.
async fn increment_and_ask(conn: &mut Conn) {
    loop {
        let mut row = load(1, conn).await;
        row.quantity += 1;
        match save(&mut row, conn).await {
            Ok(()) => return,
            Err(error) => assert!(error.is_retryable(), "{error}"),
        }
    }
}

super::scenarios! {
    async fn only_the_last_attempt_asks_why_it_is_lost(database) {
        let conn = &mut connect(database).await;
        let recorder = record(conn);
        let policy = at_once().attempts(3).never_escalate();
        let result = modify_with(&policy, 1, conn, |product: &mut Product| {
            somebody_saves(database);
            product.quantity += 1;
        })
        .await;
        let Err(Error::RetriesExhausted(given_up)) = result else { panic!("somebody is always first") };
        let Error::Stale(stale) = given_up.last() else { panic!("it is a conflict") };
        assert_eq!((given_up.attempts(), stale.expected(), stale.actual()), (3, "3", Some("4")));
        let sent = recorder.take();
        let kinds: Vec<_> = sent.iter().map(|sql| sql.split(' ').next().unwrap()).collect();
        assert_eq!(kinds, ["SELECT", "UPDATE", "SELECT", "UPDATE", "SELECT", "UPDATE", "SELECT"]);
    }

    async fn an_attempt_that_did_not_ask_says_so(database) {
        let conn = &mut connect(database).await;
        let errors = Arc::new(Mutex::new(Vec::new()));
        let kept = errors.clone();
        let policy = at_once().never_escalate().observe(move |attempt| {
            if let Some(Error::Stale(stale)) = attempt.error() {
                kept.lock().unwrap().push(stale.clone());
            }
        });
        let mut first = true;
        modify_with(&policy, 1, conn, |product: &mut Product| {
            if std::mem::take(&mut first) {
                somebody_saves(database);
            }
            product.quantity += 1;
        })
        .await
        .unwrap();
        let errors = errors.lock().unwrap();
        assert_eq!(errors.len(), 1);
        assert_eq!((errors[0].expected(), errors[0].actual()), ("1", None));
        assert!(!errors[0].is_deleted() && !errors[0].is_from_old_snapshot());
        assert_eq!(
            errors[0].to_string(),
            "cannot save row 1 of `products`: it was read at version 1, but it was changed or deleted meanwhile; read it and \
             apply the change again"
        );
    }

    async fn sixteen_workers_on_one_row_lose_no_increment(database) {
        let mut took = [Duration::ZERO; 2];
        // In turns, so that what else the machine does slows both.
        for asks in [true, false, false, true] {
            let start = Barrier::new(WORKERS);
            let begun = Instant::now();
            std::thread::scope(|scope| {
                for _ in 0..WORKERS {
                    scope.spawn(|| {
                        block_on(async {
                            let conn = &mut connect(database).await;
                            start.wait();
                            for _ in 0..EACH {
                                if asks { increment_and_ask(conn).await } else { increment(conn).await }
                            }
                        });
                    });
                }
            });
            took[usize::from(asks)] += begun.elapsed();
        }
        let row = load(1, &mut connect(database).await).await;
        assert_eq!((row.quantity, row.version), (10 + ALL, 1 + ALL));
        measured(format_args!(
            "{BACKEND:?}: {} increments of one row by {WORKERS} workers in {:?}; in {:?} where each loss is asked why: {:.2} times",
            ALL / 2, took[0], took[1], took[1].as_secs_f64() / took[0].as_secs_f64()
        ));
    }
}
