//! What MySQL and MariaDB alone have.

mod altered;
mod databases;
mod decimals;
mod made_keys;
#[cfg(feature = "version_types")]
mod on_update;
mod packets;
#[cfg(feature = "version_types")]
mod schema;
mod table_lock;
#[cfg(feature = "version_types")]
mod tracked_columns;
mod triggers;
mod uncommitted;
mod upserts;

use crate::cell;
use crate::scenarios::{product, scenarios};
