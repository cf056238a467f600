//! Faults of a server, and of the way to it.

mod conflicts;
mod cuts;
mod killed;
mod limits;
mod own;
mod settled;
mod settled_made;

use super::any::{calls, holder, left, sessions};
use super::{cell, product};
