//! Faults of SQLite alone.

mod refused;

use super::any::{calls, holder, left};
use super::{cell, product};
