//! Faults of every cell, and what they are told by.

pub(crate) mod calls;
mod clock;
pub(crate) mod left;
mod panics;

use super::{cell, product};
