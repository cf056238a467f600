//! What SQLite alone has: times that are text, and its own upserts and triggers.

#[cfg(feature = "kinds")]
mod instants;
#[cfg(feature = "kinds")]
mod tracked_columns;
mod triggers;
mod upserts;

use crate::cell;
use crate::scenarios::{product, scenarios};
