//! Scenarios of async connections alone.

mod dropped;
mod dropped_tracked;
mod paused_clock;
mod pools;
mod same_connection;
mod wrapped;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use crate::cell;
use crate::scenarios::{answers, article, product, scenarios};

/// Polls at most `times` times. `None`: it was still waiting, and is dropped now.
async fn poll_at_most<F: Future>(times: usize, future: F) -> Option<F::Output> {
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
