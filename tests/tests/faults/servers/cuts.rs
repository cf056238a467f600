//! The way to the server is cut, at each place where it makes a difference.

use std::sync::Arc;

use occ_tests::cut::{Point, Proxy, Strike};
use occ_tests::database::TestDatabase as _;

use super::calls::{ALONE, CALLS, Call, Held, IN_TRANSACTION, fresh_rows};
use super::cell::{Database, connect, connect_to};
use super::left::{Before, Class, Stored};
use super::sessions::{session, wait_until_gone};

/// Each answer that is lost in this many runs.
const RUNS: usize = 10;

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
            let error = call.run(&mut held, conn).await.expect_err("it is cut off");
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
        cut(&ALONE, (Point::Sent, "UPDATE", Strike::Cut), Stored::Either, &database).await;
        cut(&IN_TRANSACTION, (Point::Sent, "UPDATE", Strike::Cut), Stored::Nothing, &database).await;
    }

    async fn the_answer_to_a_statement_that_commits_by_itself_is_lost(database) {
        for _ in 0..RUNS {
            cut(&ALONE, (Point::Answer, "UPDATE", Strike::Cut), Stored::All, &database).await;
        }
    }

    async fn the_answer_to_a_statement_that_commits_by_itself_is_cut_in_half(database) {
        cut(&ALONE, (Point::Answer, "UPDATE", Strike::CutHalf), Stored::All, &database).await;
    }

    async fn the_answer_to_a_statement_in_a_transaction_is_lost(database) {
        cut(&IN_TRANSACTION, (Point::Answer, "UPDATE", Strike::Cut), Stored::Nothing, &database).await;
        cut(&IN_TRANSACTION, (Point::Answer, "UPDATE", Strike::CutHalf), Stored::Nothing, &database).await;
    }

    async fn cut_before_the_server_has_the_commit(database) {
        cut(&IN_TRANSACTION, (Point::Statement, "COMMIT", Strike::Cut), Stored::Nothing, &database).await;
        cut(&IN_TRANSACTION, (Point::Statement, "COMMIT", Strike::CutHalf), Stored::Nothing, &database).await;
    }

    async fn cut_after_the_commit_was_sent(database) {
        cut(&IN_TRANSACTION, (Point::Sent, "COMMIT", Strike::Cut), Stored::Either, &database).await;
    }

    async fn the_answer_to_a_commit_is_lost(database) {
        for _ in 0..RUNS {
            cut(&IN_TRANSACTION, (Point::Answer, "COMMIT", Strike::Cut), Stored::All, &database).await;
        }
    }

    async fn the_answer_to_a_commit_is_cut_in_half(database) {
        cut(&IN_TRANSACTION, (Point::Answer, "COMMIT", Strike::CutHalf), Stored::All, &database).await;
    }
}
