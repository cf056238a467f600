//! Scenarios of async connections alone.

mod dropped;
mod pools;
mod same_connection;
mod wrapped;

use crate::cell;
use crate::scenarios::{answers, product, scenarios};
