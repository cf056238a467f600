//! The way to the server is cut, at each place where it makes a difference.

use std::sync::Arc;

use occ_runtime::Error;
use occ_tests::cut::{Point, Proxy, Strike};
use occ_tests::database::TestDatabase as _;

use super::calls::{ALONE, CALLS, Call, Held, IN_TRANSACTION, fresh_rows};
use super::cell::{Database, connect, connect_to, save, save_tracked, transaction};
use super::left::{Before, Class, Stored};
use super::sessions::{session, wait_until_gone};

/// How often each answer is lost: on so many new connections, and as many that have prepared their statements.
const RUNS: usize = 5;

/// Runs each call with this strike, on a new connection and on one that has prepared its statements. Returns of how many
/// how many were stored.
async fn cut(
    calls: &[Call],
    (point, text, strike): (Point, &'static str, Strike),
    stored: Stored,
    database: &Arc<Database>,
) -> (usize, usize) {
    let (proxy, url) = Proxy::through(&database.url()).unwrap();
    let (mut runs, mut written) = (0, 0);
    for call in calls {
        for is_warm in [false, true] {
            fresh_rows(database).await;
            let conn = &mut connect_to(&url, database).await;
            if is_warm {
                call.run(&mut Held::load(conn).await, conn).await.unwrap();
                fresh_rows(database).await;
            }
            let mut held = Held::load(conn).await;
            let before = Before::of(*call, &held);
            let session = session(conn).await;
            proxy.at(point, text, strike);
            let error = call.run(&mut held, conn).await.unwrap_err();
            assert!(proxy.has_struck(), "{call:?}: {error:?}");
            // What was sent may still be under way.
            wait_until_gone(session, &mut connect(database).await).await;
            runs += 1;
            written +=
                usize::from(before.check(&error, Class::Lost, stored, &mut held, conn, database).await);
        }
    }
    (runs, written)
}

faults! {
    async fn cut_before_the_server_has_the_statement(database) {
        cut(&CALLS, (Point::Statement, "UPDATE", Strike::Cut), Stored::Nothing, &database).await;
    }

    async fn cut_in_the_middle_of_the_statement(database) {
        cut(&CALLS, (Point::Statement, "UPDATE", Strike::CutHalf), Stored::Nothing, &database).await;
    }

    async fn cut_after_the_statement_was_sent(database) {
        cut(ALONE, (Point::Sent, "UPDATE", Strike::Cut), Stored::Either, &database).await;
        cut(IN_TRANSACTION, (Point::Sent, "UPDATE", Strike::Cut), Stored::Nothing, &database).await;
    }

    async fn the_answer_to_a_statement_that_commits_by_itself_is_lost(database) {
        for _ in 0..RUNS {
            cut(ALONE, (Point::Answer, "UPDATE", Strike::Cut), Stored::All, &database).await;
        }
    }

    async fn the_answer_to_a_statement_that_commits_by_itself_is_cut_in_half(database) {
        cut(ALONE, (Point::Answer, "UPDATE", Strike::CutHalf), Stored::All, &database).await;
    }

    async fn the_answer_to_a_statement_in_a_transaction_is_lost(database) {
        cut(IN_TRANSACTION, (Point::Answer, "UPDATE", Strike::Cut), Stored::Nothing, &database).await;
        cut(IN_TRANSACTION, (Point::Answer, "UPDATE", Strike::CutHalf), Stored::Nothing, &database).await;
    }

    async fn cut_before_the_server_has_the_commit(database) {
        cut(IN_TRANSACTION, (Point::Statement, "COMMIT", Strike::Cut), Stored::Nothing, &database).await;
        cut(IN_TRANSACTION, (Point::Statement, "COMMIT", Strike::CutHalf), Stored::Nothing, &database).await;
    }

    async fn cut_after_the_commit_was_sent(database) {
        cut(IN_TRANSACTION, (Point::Sent, "COMMIT", Strike::Cut), Stored::Either, &database).await;
    }

    async fn the_answer_to_a_commit_is_lost(database) {
        for _ in 0..RUNS {
            cut(IN_TRANSACTION, (Point::Answer, "COMMIT", Strike::Cut), Stored::All, &database).await;
        }
    }

    async fn the_answer_to_a_commit_is_cut_in_half(database) {
        cut(IN_TRANSACTION, (Point::Answer, "COMMIT", Strike::CutHalf), Stored::All, &database).await;
    }

    async fn cut_at_the_begin(database) {
        cut(IN_TRANSACTION, (Point::Statement, "BEGIN", Strike::Cut), Stored::Nothing, &database).await;
        cut(IN_TRANSACTION, (Point::Answer, "BEGIN", Strike::Cut), Stored::Nothing, &database).await;
    }

    async fn cut_at_a_savepoint(database) {
        let calls = [Call::Transaction, Call::TrackedTransaction, Call::Children];
        for text in ["SAVEPOINT", "RELEASE"] {
            cut(&calls, (Point::Statement, text, Strike::Cut), Stored::Nothing, &database).await;
            cut(&calls, (Point::Answer, text, Strike::Cut), Stored::Nothing, &database).await;
        }
    }

    async fn cut_at_the_rollback(database) {
        let (proxy, url) = Proxy::through(&database.url()).unwrap();
        for point in [Point::Statement, Point::Answer] {
            fresh_rows(&database).await;
            let conn = &mut connect_to(&url, &database).await;
            let mut held = Held::load(conn).await;
            let before = Before::of(Call::TrackedTransaction, &held);
            proxy.at(point, "ROLLBACK", Strike::Cut);
            let error: Error = transaction(conn, (&mut held.tracked[0], &mut held.two), async |conn, (tracked, two)| {
                save_tracked(tracked, conn).await?;
                save(two, conn).await?;
                Err::<(), _>(diesel::result::Error::NotFound.into())
            })
            .await
            .unwrap_err();
            assert!(proxy.has_struck());
            // The first error is told, and the connection tells of itself.
            assert!(matches!(error, Error::Database(diesel::result::Error::NotFound)), "{error:?}");
            before.is_in(&held);
            let refused = save(&mut held.two, conn).await.unwrap_err();
            assert!(refused.needs_new_connection(), "{refused:?}");
            let witness = &mut connect(&database).await;
            assert!(!before.stored(witness).await);
            Call::TrackedTransaction.run(&mut held, witness).await.unwrap();
            assert!(before.stored(witness).await);
        }
    }

    async fn an_answer_that_takes_its_time(database) {
        let (proxy, url) = Proxy::through(&database.url()).unwrap();
        let points = [(Point::Statement, "UPDATE"), (Point::Answer, "UPDATE"), (Point::Answer, "COMMIT")];
        for (point, text) in points {
            for call in if text == "COMMIT" { IN_TRANSACTION } else { &CALLS[..] } {
                fresh_rows(&database).await;
                let conn = &mut connect_to(&url, &database).await;
                let mut held = Held::load(conn).await;
                let before = Before::of(*call, &held);
                proxy.at(point, text, Strike::Hold);
                let others = proxy.clone();
                let lets_go = std::thread::spawn(move || {
                    others.wait();
                    others.let_go();
                });
                call.run(&mut held, conn).await.unwrap();
                lets_go.join().unwrap();
                assert!(before.stored(&mut connect(&database).await).await, "{call:?}");
            }
        }
    }
}
