//! Scenarios of async connections alone.

mod dropped;
mod paused_clock;
mod pools;
mod same_connection;
mod wrapped;

use crate::cell;
use crate::scenarios::{answers, product, scenarios};
