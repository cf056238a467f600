//! A cell of the test matrix: one backend in one mode.
//!
//! Scenarios are async functions over the names that a cell defines (`Conn`, `Database`, `save`, `execute` ..). In a
//! blocking cell those functions never wait, so [`now`] can run the scenario.
//!
//! `BACKEND` is the database. `KNOWN_AS` is the one whose ways are taken where a backend has more than one, such as batches and
//! row locks: the same, but for a `MultiConnection`, whose type does not tell; it takes those of SQLite, which go everywhere.

mod aggregate;
mod asynchronous;
mod at;
mod blocking;
mod lock;
mod merging;
mod retry;
mod tracked_batch;

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// What a cell runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
}

/// The output of a future that never waits.
///
/// # Panics
///
/// If it waits after all.
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("a blocking cell does not wait"),
    }
}

/// The output of a future that waits: each thread of a test has a runtime of its own.
#[cfg(feature = "async")]
pub fn wait<F: Future>(future: F) -> F::Output {
    // A second thread, since the wrapper around a blocking connection, when its future is dropped, blocks the first.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime can be made").block_on(future)
}

/// `None` if it panicked; what is left of the future is dropped then.
pub async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Some(output)),
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// Whether a connection's backend is one of Diesel's: that of a `MultiConnection` is not, whatever the database is.
#[must_use]
pub fn is_diesels_own<C>() -> bool {
    !std::any::type_name::<C>().ends_with("::AnyConnection")
}

/// Polls at most `times` times. `None`: it was still waiting, and is dropped now.
pub async fn poll_at_most<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}
