//! What is measured: the scenarios, and what each asks of a contender.

use crate::contender::Job;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Save,
    /// Saves within one transaction, whose beginning and end are not timed: a save without its commit.
    SaveInTransaction,
    /// A save that must be refused.
    Stale,
    Delete,
    /// So many rows together.
    Batch(usize),
}

#[derive(Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    pub work: Work,
    /// Each has a connection and rows of its own.
    pub threads: usize,
}

pub const SINGLE_SAVE: Scenario = Scenario { name: "single save", work: Work::Save, threads: 1 };
pub const IN_TRANSACTION: Scenario =
    Scenario { name: "save in a transaction", work: Work::SaveInTransaction, threads: 1 };

pub const ALL: [Scenario; 9] = [
    SINGLE_SAVE,
    IN_TRANSACTION,
    Scenario { name: "stale save", work: Work::Stale, threads: 1 },
    Scenario { name: "delete", work: Work::Delete, threads: 1 },
    Scenario { name: "8 threads", work: Work::Save, threads: 8 },
    Scenario { name: "batch of 10", work: Work::Batch(10), threads: 1 },
    Scenario { name: "batch of 100", work: Work::Batch(100), threads: 1 },
    Scenario { name: "batch of 1,000", work: Work::Batch(1_000), threads: 1 },
    Scenario { name: "batch of 10,000", work: Work::Batch(10_000), threads: 1 },
];

impl Work {
    /// Rows in the table.
    pub fn rows(self) -> usize {
        match self {
            Self::Batch(rows) => rows.max(1_000),
            _ => 1_000,
        }
    }

    /// The version of the products in memory. Those in the table are at 1.
    pub fn version(self) -> i32 {
        i32::from(self != Self::Stale)
    }

    /// How many rows one time of the job touches.
    pub fn rows_at_a_time(self) -> usize {
        if let Self::Batch(rows) = self { rows } else { 1 }
    }

    /// More times than this cannot be asked for in one job.
    pub fn most_times(self) -> usize {
        if self == Self::Delete { self.rows() } else { usize::MAX }
    }

    pub fn job(self, thread: usize, threads: usize, times: usize) -> Job {
        match self {
            Self::Save | Self::SaveInTransaction | Self::Stale => {
                let rows = self.rows() / threads;
                Job::Save { first: thread * rows, rows, times }
            }
            Self::Delete => Job::Delete { times },
            Self::Batch(rows) => Job::SaveAll { rows, times },
        }
    }

    /// How many rows one thread's job must write.
    pub fn written(self, times: usize) -> usize {
        if self == Self::Stale { 0 } else { times * self.rows_at_a_time() }
    }
}
