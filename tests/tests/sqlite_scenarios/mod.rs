//! What SQLite alone has: times that are text, and its own upserts and triggers.

mod attached;
#[cfg(feature = "version_types")]
mod instants;
#[cfg(feature = "version_types")]
mod schema;
#[cfg(feature = "version_types")]
mod tracked_columns;
mod triggers;
mod upserts;

use crate::cell;
use crate::scenarios::{product, scenarios};
