//! A wrapped connection whose thread lets go of it late: a dropped transaction leaves it of no more use all the same.
#![cfg(feature = "async")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test is named by what it shows, and panics if not"
)]

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Poll, Waker};
use std::thread;

use diesel::prelude::*;
use diesel_async::SimpleAsyncConnection as _;
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use occ_runtime::Error;
use occ_runtime::async_prelude::*;
use occ_tests::cell::{now, poll_at_most, wait};

diesel::table! { products (id) { id -> Integer, quantity -> Integer, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    quantity: i32,
    version: i32,
}

/// Runs tasks in threads. One that is asked for while others are to be late waits until so many have been run after it.
#[derive(Clone, Default)]
struct Late(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    is_next_late: bool,
    run_since: u32,
    is_late_one_over: bool,
}

const LATE: u32 = 3;

impl Late {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl SpawnBlocking for Late {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn StdError + Send + Sync + 'static>>>
    where
        R: Send + 'static,
    {
        let this = self.clone();
        let is_late = std::mem::take(&mut self.state().is_next_late);
        let answer = Arc::new(Mutex::new((None, None::<Waker>)));
        let place = Arc::clone(&answer);
        thread::spawn(move || {
            if is_late {
                let state = this.state();
                drop(this.0.1.wait_while(state, |state| state.run_since < LATE).unwrap());
            }
            let output = task();
            let mut state = this.state();
            state.run_since += 1;
            state.is_late_one_over |= is_late;
            drop(state);
            this.0.1.notify_all();
            let mut place = place.lock().unwrap();
            place.0 = Some(output);
            if let Some(waker) = place.1.take() {
                waker.wake();
            }
        });
        Box::pin(std::future::poll_fn(move |context| {
            let mut answer = answer.lock().unwrap();
            answer.1 = Some(context.waker().clone());
            answer.0.take().map_or(Poll::Pending, |output| Poll::Ready(Ok(output)))
        }))
    }

    fn get_runtime() -> Self {
        Self::default()
    }
}

#[test]
fn a_transaction_dropped_while_its_thread_is_late_leaves_no_connection_that_keeps_what_is_saved_to_itself() {
    let path = std::env::temp_dir().join(format!("occ-late-{}.db", std::process::id()));
    let url = path.to_str().unwrap();
    let late = Late::default();
    let conn = SqliteConnection::establish(url).unwrap();
    let mut conn = SyncConnectionWrapper::<_, Late>::with_runtime(conn, late.clone());
    wait(conn.batch_execute(
        "CREATE TABLE products (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, version INTEGER NOT NULL); \
         INSERT INTO products VALUES (1, 10, 1)",
    ))
    .unwrap();
    let mut product = Product { id: 1, quantity: 11, version: 1 };
    let before = product.clone();
    let dropped = now(poll_at_most(1, async {
        *late.state() = State { is_next_late: true, ..State::default() };
        let begun = optimistic_transaction(&mut conn, &mut product, async |conn, product| {
            product.save_optimistic(conn).await
        });
        begun.await.map_err(|error: Error| error)
    }));
    assert!(dropped.is_none());
    assert_eq!(product, before);
    // If the connection is not marked by now, so much lets the late one go on, and begin its transaction.
    for _ in 0..LATE {
        wait(conn.batch_execute("SELECT 1")).unwrap();
    }
    drop(late.0.1.wait_while(late.state(), |state| !state.is_late_one_over).unwrap());
    let saved = wait(product.save_optimistic(&mut conn));
    let other = &mut SqliteConnection::establish(url).unwrap();
    let stored: Product =
        RunQueryDsl::first(products::table.find(1).select(Product::as_select()), other).unwrap();
    assert_eq!(stored, Product { quantity: 10, ..before });
    assert!(saved.unwrap_err().needs_new_connection());
    drop(conn);
    let _ = std::fs::remove_file(path);
}
