//! What PostgreSQL alone has: types of columns, and of versions.

mod another_index;
mod columns;
mod exact;
mod foreign_tables;
mod forgotten;
mod nan;
mod schema;
mod siblings;
mod tracked_columns;
mod upserts;
mod views;
mod xmin;
mod zones;

use occ_runtime::{Timestamp, UuidV4, UuidV7, version::Micros};

use crate::cell;
use crate::scenarios::version_kinds::{Nanoseconds, version_kinds};
use crate::scenarios::{product, scenarios};

version_kinds! {
    random_uuids: UuidV4, uuid::Uuid, Uuid, ["", "UUID", ""];
    timed_uuids: UuidV7, uuid::Uuid, Uuid, ["", "UUID", ""];
    chrono_with_zone: Timestamp<Micros, Nanoseconds>, chrono::DateTime<chrono::Utc>, Timestamptz, ["", "TIMESTAMPTZ", ""];
    time_with_offset: Timestamp<Micros, Nanoseconds>, time::OffsetDateTime, Timestamptz, ["", "TIMESTAMPTZ", ""];
    system_time: Timestamp<Micros, Nanoseconds>, std::time::SystemTime, Timestamp, ["", "TIMESTAMP", ""];
}
