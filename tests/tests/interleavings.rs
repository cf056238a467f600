//! What two or three writers of the same rows get, in every order of their statements: no order loses a write.
//!
//! `driver` finds the orders, `cases` says who meets whom, `chain` is what has to hold after each order, and `page` compares
//! what has come out with docs/INTERLEAVINGS.md.
#![cfg(feature = "retry")]
#![allow(clippy::duplicate_mod, reason = "each cell has the same modules, over names of its own")]

#[path = "interleavings/cases.rs"]
mod cases;
#[path = "interleavings/chain.rs"]
mod chain;
#[path = "interleavings/driver.rs"]
mod driver;
#[path = "interleavings/page.rs"]
mod page;
#[path = "interleavings/shelf.rs"]
mod shelf;

#[cfg(feature = "sqlite")]
#[path = "interleavings/sqlite.rs"]
mod sqlite;

#[cfg(feature = "postgres")]
#[path = "interleavings/postgres.rs"]
mod postgres;
#[cfg(feature = "async")]
#[path = "interleavings/postgres_async.rs"]
mod postgres_async;

// Who waits is asked through the async driver.
#[cfg(all(feature = "mysql", feature = "async"))]
#[path = "interleavings/mysql.rs"]
mod mysql;
#[cfg(feature = "async")]
#[path = "interleavings/mysql_async.rs"]
mod mysql_async;
