//! Scenarios of async connections alone.

mod dropped;
mod dropped_soft_delete;
mod dropped_tracked;
mod paused_clock;
mod pools;
mod same_connection;
mod wrapped;

use occ_tests::cell::poll_at_most;

use crate::cell;
use crate::scenarios::{answers, article, product, scenarios};
