//! Scenarios of async connections alone.

mod dropped;
mod paused_clock;
mod pools;
mod wrapped;

use crate::cell;
use crate::scenarios::{product, scenarios};
