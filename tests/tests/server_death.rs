//! A server that is killed in the middle of a save, or is the primary no more.
#![cfg(feature = "async")]

use std::sync::atomic::{AtomicUsize, Ordering};

use occ_runtime::Error;
use occ_tests::database::TestDatabase as _;
use occ_tests::report::{measured, skipped};
use occ_tests::server::Server;

/// How often each server is killed.
const DEATHS: usize = 3;

/// One backend in one mode.
macro_rules! death {
    ($name:ident, $kind:literal, $module:ident, $cell:ident, $backend:ident, $connection:ty) => {
        mod $name {
            #[allow(dead_code, reason = "a cell defines more than this needs")]
            mod cell {
                occ_tests::$cell!($backend, $connection, occ_tests::$module::Database);
            }

            mod product {
                include!("scenarios/product.rs");
            }

            use super::*;
            use cell::{Conn, Database, batch, block_on, connect, connect_to, reload, save};
            use product::Product;

            /// Saves without end, until the server is gone: the value before the last save, after it, and the error.
            async fn save_until_the_end(conn: &mut Conn, saved: &AtomicUsize) -> (Product, Product, Error) {
                let mut product = product::load(1, conn).await;
                loop {
                    // Name and version belong together, so that half a write would show.
                    product.name = format!("written as version {}", product.version + 1);
                    let before = product.clone();
                    if let Err(error) = save(&mut product, conn).await {
                        return (before, product, error);
                    }
                    saved.fetch_add(1, Ordering::SeqCst);
                }
            }

            #[test]
            fn a_server_that_dies_in_a_save_leaves_memory_and_row_whole() {
                let server = Server::new($kind, stringify!($name));
                let Some(url) = server.run("start") else {
                    return skipped(
                        concat!(stringify!($name), "::a_server_that_dies_in_a_save_leaves_memory_and_row_whole"),
                        concat!("tests/servers install, which brings ", $kind),
                    );
                };
                let database = Database::create_on(&url);
                block_on(product::create_table(&database));
                let mut written_all_the_same = 0;
                for _ in 0..DEATHS {
                    let saved = AtomicUsize::new(0);
                    let (before, mut after, error) = std::thread::scope(|scope| {
                        let saver = scope.spawn(|| {
                            block_on(async { save_until_the_end(&mut connect(&database).await, &saved).await })
                        });
                        while saved.load(Ordering::SeqCst) < 200 && !saver.is_finished() {
                            std::thread::yield_now();
                        }
                        server.run("kill").unwrap();
                        saver.join().unwrap()
                    });
                    assert_eq!(after, before, "memory is what it was before the save that failed");
                    assert!(matches!(error, Error::Database(_)), "{error:?}");
                    assert!(error.needs_new_connection(), "{error:?}");

                    assert_eq!(server.run("start").as_ref(), Some(&url), "the same server again");
                    block_on(async {
                        let conn = &mut connect(&database).await;
                        reload(&mut after, conn).await.unwrap();
                        assert!(
                            after.version == before.version || after.version == before.version + 1,
                            "{before:?} became {after:?}"
                        );
                        assert_eq!(after.name, format!("written as version {}", after.version), "the row is whole");
                        written_all_the_same += usize::from(after.version > before.version);
                        after.name = format!("written as version {}", after.version + 1);
                        save(&mut after, conn).await.unwrap();
                    });
                }
                measured(format_args!(
                    "{} killed {DEATHS} times in the middle of saves: the save that failed had been written {} times",
                    stringify!($name), written_all_the_same
                ));
            }

            #[test]
            fn a_server_that_becomes_read_only_has_to_be_left() {
                let server = Server::new($kind, concat!(stringify!($name), "-read-only"));
                let Some(url) = server.run("start") else {
                    return skipped(
                        concat!(stringify!($name), "::a_server_that_becomes_read_only_has_to_be_left"),
                        concat!("tests/servers install, which brings ", $kind),
                    );
                };
                let database = Database::create_on(&url);
                block_on(product::create_table(&database));
                // On MariaDB root may write all the same.
                let (prepare, demote, user): (&[&str], &[&str], _) = match $kind {
                    "postgres" => (
                        &[],
                        &["ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"],
                        database.url(),
                    ),
                    _ => (
                        &["CREATE USER IF NOT EXISTS plain@'%'", "GRANT SELECT, UPDATE ON *.* TO plain@'%'"],
                        &["SET GLOBAL read_only = ON"],
                        database.url().replace("root@", "plain@"),
                    ),
                };
                let run = |statements: &[&str]| {
                    block_on(async {
                        let conn = &mut connect(&database).await;
                        for sql in statements {
                            batch(sql, conn).await.unwrap();
                        }
                    });
                };
                run(prepare);
                let saved = AtomicUsize::new(0);
                let (before, after, error) = std::thread::scope(|scope| {
                    let saver = scope.spawn(|| {
                        block_on(async {
                            save_until_the_end(&mut connect_to(&user, &database).await, &saved).await
                        })
                    });
                    while saved.load(Ordering::SeqCst) < 20 && !saver.is_finished() {
                        std::thread::yield_now();
                    }
                    run(demote);
                    saver.join().unwrap()
                });
                assert_eq!(after, before);
                assert!(error.needs_new_connection() && !error.is_retryable(), "{error:?}");
                // It goes with its server, which lets nobody drop it.
                std::mem::forget(database);
            }
        }
    };
}

death!(postgres_async, "postgres", postgres, async_cell, Postgres, diesel_async::AsyncPgConnection);
death!(mariadb_async, "mariadb", mysql, async_cell, Mysql, diesel_async::AsyncMysqlConnection);
#[cfg(feature = "postgres")]
death!(postgres_blocking, "postgres", postgres, blocking_cell, Postgres, diesel::PgConnection);
#[cfg(feature = "mysql")]
death!(mariadb_blocking, "mariadb", mysql, blocking_cell, Mysql, diesel::MysqlConnection);
