//! Scenarios of async connections alone.

mod dropped;
mod pools;

use crate::cell;
use crate::scenarios::{product, scenarios};
