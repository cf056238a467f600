//! What MySQL and MariaDB alone have.

mod databases;
mod decimals;
#[cfg(feature = "kinds")]
mod on_update;
mod packets;
mod uncommitted;
mod upserts;

use crate::cell;
use crate::scenarios::{product, scenarios};
