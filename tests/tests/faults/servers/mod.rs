//! Faults of a server, and of the way to it.

mod cuts;
mod killed;
mod limits;
mod sessions;

use super::any::{calls, left};
use super::{cell, product};
