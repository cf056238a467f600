//! Faults of async connections alone.

mod dropped;
mod pools;

use super::any::{calls, left, pool_error, sessions};
use super::{cell, product};
