//! The cells: each server in each mode. All of them run the same worker.
#![allow(missing_docs, clippy::missing_panics_doc, reason = "inside of this package")]
#![allow(
    clippy::duplicate_mod,
    reason = "the worker is compiled once for each connection type, which it names by `super`"
)]

#[cfg(feature = "async")]
pub mod mysql_async;
#[cfg(feature = "mysql")]
pub mod mysql_blocking;
#[cfg(feature = "async")]
pub mod postgres_async;
#[cfg(feature = "postgres")]
pub mod postgres_blocking;
#[cfg(feature = "async")]
pub mod sqlite_async;
pub mod sqlite_blocking;
