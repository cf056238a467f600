//! Clusters of which every node is written to.

use occ_runtime::{Error, Transient};
use occ_tests::report::skipped;

pub const WORKERS: usize = 6;
pub const INCREMENTS: usize = 1000;

/// A cluster, and what it is asked for.
#[derive(Debug)]
pub struct Cluster {
    pub name: &'static str,
    /// The kind of `tests/servers`.
    pub kind: &'static str,
    /// Has the nodes' URLs.
    pub variable: &'static str,
    /// What each worker's connection runs first.
    pub setup: &'static str,
    /// Makes the next statement wait until the node has applied what the others have committed.
    pub in_step: &'static str,
}

impl Cluster {
    /// The nodes' URLs.
    pub fn nodes(&self) -> Option<Vec<String>> {
        let Ok(urls) = std::env::var(self.variable) else {
            let test = std::thread::current().name().unwrap_or("a race").to_owned();
            let (variable, kind) = (self.variable, self.kind);
            skipped(
                test,
                format_args!(
                    "set {variable} to the nodes' URLs, comma separated; tests/servers start {kind} DIR prints them"
                ),
            );
            return None;
        };
        Some(urls.split(',').map(str::to_owned).collect())
    }
}

/// How the workers write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum How {
    /// In an `optimistic_transaction`.
    Transaction,
    /// Each save by itself.
    Save,
    /// By a `RetryPolicy`, from which no error comes.
    Retry,
}

/// What the workers met on their way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Met {
    pub stale: usize,
    pub certification: usize,
    pub other: usize,
    pub new_connections: usize,
    /// Attempts that a policy made again, for whatever reason.
    pub again: usize,
}

impl Met {
    pub fn count(&mut self, error: &Error) {
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

    #[must_use]
    pub fn add(mut self, other: Self) -> Self {
        self.stale += other.stale;
        self.certification += other.certification;
        self.other += other.other;
        self.new_connections += other.new_connections;
        self.again += other.again;
        self
    }
}
