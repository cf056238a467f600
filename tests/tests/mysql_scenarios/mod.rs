//! What MySQL and MariaDB alone have.

mod databases;
mod decimals;
#[cfg(feature = "kinds")]
mod on_update;
mod packets;
#[cfg(feature = "kinds")]
mod tracked_columns;
mod uncommitted;
mod upserts;

use crate::cell;
use crate::scenarios::{product, scenarios};
