//! Scenarios that need a server with row locks: PostgreSQL, MySQL, MariaDB.

mod deadlock;
mod errors_provoked;
mod first_error;
mod lock_order;
mod locks;
mod nested_deadlock;
mod round_trips;
mod snapshots;
mod statements;
mod table_lock;
mod text_versions;
mod translated;

use crate::cell;
use crate::scenarios::{product, scenarios, server};
