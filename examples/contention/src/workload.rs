//! One measurement: a fresh table, so many workers, so many seconds, and the check that nothing was lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::error::Error;
use crate::store::Store;
use crate::strategy::Strategy;

/// What is measured.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub database: &'static str,
    pub strategy: Strategy,
    pub workers: u32,
    pub rows: u32,
    pub time: Duration,
}

/// What came out.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub cell: Cell,
    /// Increments that succeeded, until the last worker was through.
    pub increments: u64,
    /// Of those that were done within the time.
    pub per_second: f64,
    /// Attempts that somebody else forestalled.
    pub conflicts: u64,
    /// Increments that were asked for, and ended with an error.
    pub refused: u64,
    /// Of those that succeeded, conflicts and waits included.
    pub median: Duration,
    pub p99: Duration,
}

#[derive(Default)]
struct Tally {
    in_time: u32,
    conflicts: u64,
    refused: u64,
    latencies: Vec<Duration>,
}

/// `done` counts the increments while it runs.
pub async fn measure<S: Store>(url: &str, cell: Cell, done: &Arc<AtomicU32>) -> Result<Measured, Error> {
    let Cell { database, strategy, .. } = cell;
    let connect = |source| Error::Connect { database, source };
    let table = |source| Error::Table { database, source };
    let mut conn = S::open(url).await.map_err(connect)?;

    let mut workers = JoinSet::new();
    let start = Arc::new(Barrier::new(cell.workers as usize));
    let mut connections = Vec::new();
    for _ in 0..cell.workers {
        connections.push(S::open(url).await.map_err(connect)?);
    }
    // Only once all are connected, so that nothing is left behind where they cannot.
    set_up(&mut conn, cell.rows).await.map_err(table)?;
    for conn in connections {
        workers.spawn(work(conn, cell, Arc::clone(&start), Arc::clone(done)));
    }
    let mut total = Tally::default();
    while let Some(outcome) = workers.join_next().await {
        let strategy = strategy.name();
        let tally = outcome
            .map_err(|source| Error::Join { database, strategy, source })?
            .map_err(|source| Error::Worker { database, strategy, source })?;
        total.in_time += tally.in_time;
        total.conflicts += tally.conflicts;
        total.refused += tally.refused;
        total.latencies.extend(tally.latencies);
    }

    let (quantities, versions) = conn.sums().await.map_err(table)?;
    conn.execute("DROP TABLE occ_contention").await.map_err(table)?;
    let increments = total.latencies.len() as u64;
    if i64::try_from(increments) != Ok(quantities) || quantities != versions {
        return Err(Error::Lost { database, strategy: strategy.name(), increments, quantities, versions });
    }
    total.latencies.sort_unstable();
    Ok(Measured {
        cell,
        increments,
        per_second: f64::from(total.in_time) / cell.time.as_secs_f64(),
        conflicts: total.conflicts,
        refused: total.refused,
        median: percentile(&total.latencies, 50),
        p99: percentile(&total.latencies, 99),
    })
}

async fn set_up(conn: &mut impl Store, rows: u32) -> diesel::QueryResult<()> {
    conn.execute("DROP TABLE IF EXISTS occ_contention").await?;
    conn.execute(
        "CREATE TABLE occ_contention (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, version INTEGER NOT NULL)",
    )
    .await?;
    for first in (1..=rows).step_by(1000) {
        let last = rows.min(first + 999);
        let values: Vec<String> = (first..=last).map(|id| format!("({id}, 0, 0)")).collect();
        conn.execute(&format!("INSERT INTO occ_contention VALUES {}", values.join(", "))).await?;
    }
    Ok(())
}

/// Increments rows at random until the time is over. The one that has begun then is finished.
async fn work<S: Store>(
    mut conn: S,
    cell: Cell,
    start: Arc<Barrier>,
    done: Arc<AtomicU32>,
) -> Result<Tally, occ_runtime::Error> {
    let rows = i32::try_from(cell.rows).unwrap_or(i32::MAX);
    let mut tally = Tally::default();
    start.wait().await;
    let begun = Instant::now();
    while begun.elapsed() < cell.time {
        let id = fastrand::i32(1..=rows);
        let asked = Instant::now();
        let mut attempts = 0;
        let outcome = conn.increment(cell.strategy, id, &mut attempts).await;
        tally.conflicts += attempts - u64::from(outcome.is_ok()).min(attempts);
        match outcome {
            Ok(()) => {
                tally.latencies.push(asked.elapsed());
                tally.in_time += u32::from(begun.elapsed() <= cell.time);
                done.fetch_add(1, Ordering::Relaxed);
            }
            Err(error)
                if error.is_retryable() || matches!(error, occ_runtime::Error::RetriesExhausted(_)) =>
            {
                tally.refused += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(tally)
}

/// Nothing if nothing was measured.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}
