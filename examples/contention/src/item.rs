//! The row that all workers want to change.

use diesel::prelude::*;
use occ_runtime::OptimisticLock;

diesel::table! {
    /// Made anew for each measurement, and dropped after it.
    occ_contention (id) {
        id -> Integer,
        quantity -> Integer,
        version -> Integer,
    }
}

/// Starts with quantity 0 at version 0, so that both count the increments.
#[derive(Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = occ_contention)]
pub struct Item {
    id: i32,
    pub quantity: i32,
    version: i32,
}
