//! A future is dropped at each of its await points. What the same connection answers then is in the scenarios
//! `same_connection`.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use occ_tests::cell::{Backend, poll_at_most};
use occ_tests::cut::{Point, Proxy, Strike};
use occ_tests::database::TestDatabase as _;

use super::calls::{ALONE, CALLS, Held, IN_TRANSACTION, fresh_rows};
use super::cell::{BACKEND, connect, connect_to};
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

    async fn a_future_dropped_while_its_answer_is_on_the_way(database) {
        if BACKEND == Backend::Sqlite {
            return; // There is no way in between.
        }
        let (proxy, url) = Proxy::through(&database.url()).unwrap();
        for (text, calls) in [("UPDATE", ALONE), ("COMMIT", IN_TRANSACTION)] {
            for call in calls {
                fresh_rows(&database).await;
                let mut conn = connect_to(&url, &database).await;
                let session = session(&mut conn).await;
                let mut held = Held::load(&mut conn).await;
                let before = Before::of(*call, &held);
                proxy.at(Point::Answer, text, Strike::Hold);
                let (answered, is_answered) = tokio::sync::oneshot::channel();
                let others = proxy.clone();
                let watches = std::thread::spawn(move || {
                    others.wait();
                    answered.send(()).unwrap();
                });
                assert!(before_the_other(call.run(&mut held, &mut conn), is_answered).await.is_none(), "{call:?}");
                watches.join().unwrap();
                proxy.cut();
                assert!(before.stored(&mut connect(&database).await).await, "{call:?}");
                before.check_broken_off(&mut held, conn, session, &database).await;
            }
        }
    }
}

/// `None` if the other is ready first; the one is dropped then.
async fn before_the_other<F: Future>(one: F, other: impl Future) -> Option<F::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(move |context| match one.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => other.as_mut().poll(context).map(|_| None),
    })
    .await
}
