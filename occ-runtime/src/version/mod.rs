//! Versions: who makes the next one, and of which types they are.

pub(crate) mod counter;
pub(crate) mod database;
pub(crate) mod generator;
pub(crate) mod none;
pub(crate) mod timestamp;
pub(crate) mod trigger;
#[cfg(feature = "uuid")]
pub(crate) mod uuid;
#[cfg(feature = "postgres")]
pub(crate) mod xmin;
