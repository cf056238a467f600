//! Faults of every cell, and what they are told by.

pub(crate) mod calls;
mod clock;
pub(crate) mod holder;
pub(crate) mod left;
mod panics;
pub(crate) mod pool_error;
pub(crate) mod sessions;

use super::{cell, product};
