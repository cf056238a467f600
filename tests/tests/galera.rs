//! A Galera cluster: every node is written to, and a conflict between nodes shows as a failed certification.
#![cfg(feature = "async")]

use std::sync::Barrier;

use occ_runtime::{Error, Transient};
use occ_tests::mysql::Database;
use occ_tests::report::{measured, skipped};

const WORKERS: usize = 6;
const INCREMENTS: usize = 1000;

/// What the workers met on their way.
#[derive(Clone, Copy, Default)]
struct Met {
    stale: usize,
    certification: usize,
    other: usize,
    new_connections: usize,
}

impl Met {
    fn count(&mut self, error: &Error) {
        assert!(error.is_retryable() || error.needs_new_connection(), "{error:?}");
        let cause = match error {
            Error::Database(error) => Transient::of(error),
            Error::TransactionAborted(error) => Transient::of(error.cause()),
            _ => None,
        };
        match cause {
            _ if error.is_stale() => self.stale += 1,
            Some(Transient::Deadlock) => self.certification += 1,
            _ => self.other += 1,
        }
    }

    fn add(mut self, other: Self) -> Self {
        self.stale += other.stale;
        self.certification += other.certification;
        self.other += other.other;
        self.new_connections += other.new_connections;
        self
    }
}

/// The race for one colour. Each worker writes on one node, and `$save` is how.
macro_rules! race {
    ($colour:ident, $cell:ident, $connection:ty, |$conn:ident, $product:ident| $save:expr) => {
        mod $colour {
            #[allow(dead_code, reason = "a cell defines more than this needs")]
            mod cell {
                occ_tests::$cell!(Mysql, $connection, occ_tests::mysql::Database);
            }

            mod product {
                include!("scenarios/product.rs");
            }

            use super::*;
            use cell::{Conn, block_on, connect};

            /// Increments the row `rounds` times, each time until it is committed.
            async fn work(database: &Database, rounds: usize) -> Met {
                let mut conn: Conn = connect(database).await;
                // A certification that failed is ours to see, not the server's to repeat.
                cell::batch("SET SESSION wsrep_retry_autocommit = 0", &mut conn).await.unwrap();
                let mut met = Met::default();
                for _ in 0..rounds {
                    loop {
                        let mut product = product::load(1, &mut conn).await;
                        product.quantity += 1;
                        let before = product.clone();
                        let outcome = {
                            let ($conn, $product) = (&mut conn, &mut product);
                            $save.await
                        };
                        let Err(error) = outcome else { break };
                        assert_eq!(product, before, "memory is what it was");
                        met.count(&error);
                        // A failed ROLLBACK breaks the connection, and it shows at the next BEGIN at the latest.
                        if error.needs_new_connection() {
                            met.new_connections += 1;
                            conn = connect(database).await;
                        }
                    }
                }
                met
            }

            #[test]
            fn writers_on_all_nodes_lose_no_update() {
                let Some(nodes) = nodes() else { return };
                let first = Database::create_on(&nodes[0]);
                block_on(product::create_table(&first));
                let start = Barrier::new(WORKERS);
                let met = std::thread::scope(|scope| {
                    let (start, first, nodes) = (&start, &first, &nodes);
                    let workers: Vec<_> = (0..WORKERS)
                        .map(|worker| {
                            let rounds = INCREMENTS / WORKERS + usize::from(worker < INCREMENTS % WORKERS);
                            scope.spawn(move || {
                                let database = first.on(&nodes[worker % nodes.len()]);
                                block_on(async {
                                    start.wait();
                                    work(&database, rounds).await
                                })
                            })
                        })
                        .collect();
                    workers.into_iter().map(|worker| worker.join().unwrap()).fold(Met::default(), Met::add)
                });
                for node in &nodes {
                    let row = block_on(async {
                        let conn = &mut connect(&first.on(node)).await;
                        // Wait until this node has applied what the others have committed.
                        cell::batch("SET SESSION wsrep_sync_wait = 1", conn).await.unwrap();
                        product::load(1, conn).await
                    });
                    assert_eq!((row.quantity, row.version), (10 + 1000, 1 + 1000), "on {node}");
                }
                assert!(met.certification > 0, "the nodes never met in certification, so nothing was shown");
                measured(format_args!(
                    "Galera, {}: {INCREMENTS} increments of one row by {WORKERS} workers on {} nodes, with {} failed \
                     certifications, {} stale objects, {} other retryable errors, {} connections given up",
                    stringify!($colour), nodes.len(), met.certification, met.stale, met.other, met.new_connections
                ));
            }
        }
    };
}

/// The nodes' URLs.
fn nodes() -> Option<Vec<String>> {
    let Ok(urls) = std::env::var("OCC_TEST_GALERA_URLS") else {
        skipped(
            "writers_on_all_nodes_lose_no_update",
            "set OCC_TEST_GALERA_URLS to the nodes' URLs, comma separated; tests/servers start galera DIR prints them",
        );
        return None;
    };
    Some(urls.split(',').map(str::to_owned).collect())
}

race!(waiting, async_cell, diesel_async::AsyncMysqlConnection, |conn, product| {
    cell::transaction(conn, product, async |conn, product| cell::save(product, conn).await)
});
// Each save by itself: MariaDB 10.11 at times never answers the prepared statement of a client of the C library whose
// open transaction another node has just overruled, and that client waits without end.
#[cfg(feature = "mysql")]
race!(blocking, blocking_cell, diesel::MysqlConnection, |conn, product| cell::save(product, conn));
