//! Versions: who makes the next one, and of which types they are.

pub(crate) mod counter;
pub(crate) mod database;
pub(crate) mod expect;
pub(crate) mod generator;
pub(crate) mod history;
pub(crate) mod none;
pub(crate) mod order;
pub(crate) mod sql_form;
pub(crate) mod timestamp;
pub(crate) mod trigger;
#[cfg(feature = "uuid")]
pub(crate) mod uuid;
#[cfg(feature = "postgres")]
pub(crate) mod xmin;

pub use counter::{Counter, Increment};
pub use database::DatabaseGenerated;
pub use expect::Expect;
pub use generator::{DefaultGenerator, VersionGenerator};
pub use history::HistoryTrigger;
pub use none::NoVersion;
pub use sql_form::SqlForm;
pub use timestamp::{Clock, Micros, Millis, PointInTime, Precision, Seconds, SystemClock, Timestamp};
pub use trigger::VersionTrigger;
#[cfg(feature = "uuid")]
pub use uuid::{UuidV4, UuidV7};
#[cfg(feature = "postgres")]
pub use xmin::{Xid, Xmin};
