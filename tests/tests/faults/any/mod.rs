//! Faults of every cell, and what they are told by.
#![allow(dead_code, reason = "SQLite's cells have no use for what servers need")]

pub(crate) mod calls;
mod clock;
pub(crate) mod holder;
pub(crate) mod left;
mod panics;
pub(crate) mod pool_error;
pub(crate) mod sessions;

use super::{cell, product};
