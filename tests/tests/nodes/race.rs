// The race on a cluster, included for each mode, blocking or async, whose cell it uses; hence no `//!`.

mod product {
    include!("../scenarios/product.rs");
}

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use occ_runtime::{Error, RetryPolicy};
use occ_tests::database::TestDatabase as _;
use occ_tests::mysql::Database;
use occ_tests::report::measured;

use self::cell::{Conn, batch, block_on, connect, retry, save, transaction};
use super::nodes::{Cluster, How, INCREMENTS, Met, WORKERS};

/// Increments the row once, by a policy that gives back no error. How often it began again.
async fn retried(conn: &mut Conn) -> usize {
    let attempts = AtomicUsize::new(0);
    let policy = RetryPolicy::new().unlimited_attempts().without_deadline();
    let saved: Result<(), Error> = retry(&policy, conn, async |conn| {
        attempts.fetch_add(1, Ordering::Relaxed);
        let mut product = product::load(1, conn).await;
        product.quantity += 1;
        save(&mut product, conn).await
    })
    .await;
    saved.unwrap();
    attempts.into_inner() - 1
}

/// Increments the row `rounds` times, each time until it is committed.
async fn work(cluster: &Cluster, how: How, database: &Database, rounds: usize) -> Met {
    let mut conn: Conn = connect(database).await;
    batch(cluster.setup, &mut conn).await.unwrap();
    let mut met = Met::default();
    for _ in 0..rounds {
        if how == How::Retry {
            met.again += retried(&mut conn).await;
            continue;
        }
        loop {
            let mut product = product::load(1, &mut conn).await;
            product.quantity += 1;
            let before = product.clone();
            let outcome = match how {
                How::Transaction => {
                    transaction(&mut conn, &mut product, async |conn, product| save(product, conn).await).await
                }
                _ => save(&mut product, &mut conn).await,
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

fn lose_no_update(cluster: &Cluster, how: How) {
    let Some(nodes) = cluster.nodes() else { return };
    let first = Database::create_on(&nodes[0]);
    block_on(product::create_table(&first));
    for node in &nodes {
        block_on(async {
            let conn = &mut connect(&Database::named_in(node)).await;
            batch(cluster.in_step, conn).await.unwrap();
            // A SELECT without a table waits for nothing.
            let url = first.url();
            let (_, name) = url.rsplit_once('/').unwrap();
            let is_there = format!("SELECT id FROM {name}.products");
            while batch(&is_there, conn).await.is_err() {}
            let conn = &mut connect(&first.on(node)).await;
            batch(cluster.in_step, conn).await.unwrap();
            product::load(1, conn).await;
        });
    }
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
                        work(cluster, how, &database, rounds).await
                    })
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).fold(Met::default(), Met::add)
    });
    for node in &nodes {
        let row = block_on(async {
            let conn = &mut connect(&first.on(node)).await;
            batch(cluster.in_step, conn).await.unwrap();
            product::load(1, conn).await
        });
        assert_eq!((row.quantity, row.version), (10 + 1000, 1 + 1000), "on {node}");
    }
    let lost = if how == How::Retry { met.again } else { met.certification };
    assert!(lost > 0, "the nodes never met in certification, so nothing was shown");
    measured(format_args!(
        "{}, {MODE}, {how:?}: {INCREMENTS} increments of one row by {WORKERS} workers on {} nodes, with {} failed \
         certifications, {} stale objects, {} other retryable errors, {} connections given up, {} attempts made again",
        cluster.name,
        nodes.len(),
        met.certification,
        met.stale,
        met.other,
        met.new_connections,
        met.again
    ));
}
