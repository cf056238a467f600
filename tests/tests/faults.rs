//! Faults, each injected at its place: what the caller is told, what memory and row hold, whether the connection is still
//! of use, and that the work is done once in the end. The page `docs/FAULTS.md` is made of these tests.
#![cfg(feature = "async")]
#![allow(clippy::duplicate_mod, reason = "each case is compiled for every cell")]

/// Declares faults: async functions that get a database of the cell with the table `products` in it.
macro_rules! faults {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident) $body:block)*) => {$(
        #[test]
        $(#[$meta])*
        fn $name() {
            let Some(database) = <super::cell::Database as occ_tests::database::TestDatabase>::create() else {
                return;
            };
            let $database = std::sync::Arc::new(database);
            super::cell::block_on(async {
                super::product::create_table(&$database).await;
                $body
            });
        }
    )*};
}

#[path = "faults/galera.rs"]
mod galera;
#[path = "faults/page.rs"]
mod page;

#[path = "faults/mysql_async.rs"]
mod mysql_async;
#[cfg(feature = "mysql")]
#[path = "faults/mysql_blocking.rs"]
mod mysql_blocking;
#[path = "faults/postgres_async.rs"]
mod postgres_async;
#[cfg(feature = "postgres")]
#[path = "faults/postgres_blocking.rs"]
mod postgres_blocking;
#[path = "faults/sqlite_async.rs"]
mod sqlite_async;
#[path = "faults/sqlite_blocking.rs"]
mod sqlite_blocking;
