//! A future is dropped at each of its await points. What the same connection answers then is in the scenarios
//! `same_connection`.

use occ_tests::cell::poll_at_most;

use super::calls::{CALLS, Held, fresh_rows};
use super::cell::connect;
use super::left::Before;
use super::sessions::session;

faults! {
    async fn a_future_dropped_at_each_await(database) {
        let mut cuts = 0;
        for call in CALLS {
            for polls in 0.. {
                assert!(polls < 1000, "{call:?} never gets ready");
                fresh_rows(&database).await;
                let mut conn = connect(&database).await;
                let session = session(&mut conn).await;
                let mut held = Held::load(&mut conn).await;
                let before = Before::of(call, &held);
                if let Some(outcome) = poll_at_most(polls, call.run(&mut held, &mut conn)).await {
                    outcome.unwrap();
                    break;
                }
                cuts += 1;
                before.check_broken_off(&mut held, conn, session, &database).await;
            }
        }
        assert!(cuts >= CALLS.len(), "{cuts}");
    }
}
