//! What the scenario tests stand on: databases of their own, a record of the statements sent, and one face for
//! every cell of the test matrix (a backend in a mode, blocking or async), so that a scenario is written once.
#![allow(clippy::missing_panics_doc, reason = "a test that has no database has failed")]

pub mod cell;
pub mod cut;
pub mod database;
#[cfg(feature = "retry")]
pub mod events;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub mod multi;
#[cfg(any(feature = "mysql", feature = "async"))]
pub mod mysql;
mod packets;
#[cfg(any(feature = "postgres", feature = "async"))]
pub mod postgres;
pub mod recorder;
pub mod report;
pub mod round_trips;
#[cfg(feature = "sqlite")]
pub mod saved;
pub mod server;
mod server_place;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod statements;
pub mod watched;

/// The example on the page of `#[derive(OptimisticLock)]`.
#[cfg(doctest)]
#[doc = include_str!("../../occ-derive/src/attributes.md")]
pub struct Attributes;
