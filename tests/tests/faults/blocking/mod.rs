//! Faults of blocking connections alone.

mod pools;

use super::any::pool_error;
use super::{cell, product};
