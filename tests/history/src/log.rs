//! What was called, when, and what came of it.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use occ_runtime::Error;

use crate::fault::Counts;
use crate::row::{Edits, Row, shown};

/// Orders the beginnings and ends of all calls: what ended before something else began, has a lower number.
#[derive(Debug, Default)]
pub struct Clock(AtomicU64);

impl Clock {
    /// The present.
    pub fn tick(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// What was called. Soft deletes get a name here once they exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// A SELECT of one row by its key.
    Load,
    /// A plain INSERT.
    Create,
    /// `insert_optimistic`.
    Insert,
    /// `create_if_absent`; what it finds is a `Load`.
    CreateIfAbsent,
    /// `save_optimistic`, also as a part of `save_all_optimistic`; with a guard or an expected version too.
    Save,
    /// `save_optimistic` of a `Tracked` value, also as a part of `save_all_optimistic`.
    SaveTracked,
    /// `rebase` of a `Tracked` value.
    Rebase,
    /// `lock_optimistic`.
    Lock,
    /// `save_optimistic_with` that had something to report: what others have written since the value was read is gone.
    Overwrite,
    /// `touch_optimistic`, also of the root in `with_children`.
    Touch,
    /// `update_optimistic`.
    Update,
    /// `delete_optimistic`, also as a part of `delete_all_optimistic`.
    Delete,
    /// `modify` of a `RetryPolicy`.
    Modify,
    /// An UPDATE that names no version: the trigger moves it on.
    Raw,
}

impl Call {
    /// Whether it changes the row.
    #[must_use]
    pub fn writes(self) -> bool {
        !matches!(self, Self::Load | Self::Lock | Self::Rebase)
    }

    /// Whether it begins a life of the row.
    #[must_use]
    pub fn creates(self) -> bool {
        matches!(self, Self::Create | Self::Insert | Self::CreateIfAbsent)
    }
}

/// What the caller was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done; or, of a read, the row is there.
    Done,
    /// No such row, of a read or of a raw write.
    Missing,
    /// The row is taken already, of an INSERT.
    Exists,
    /// Somebody else was first.
    Stale,
    /// Both have changed a field.
    Unmerged,
    /// A batch was refused for another of its rows.
    Along,
    /// The database refused, and the same may succeed when it is tried again.
    Retryable,
    /// The caller's own condition did not hold.
    Guarded,
    /// The caller's code has panicked, an administrator has ended the statement, or the disk is full: nothing is written.
    Cancelled,
    /// Nobody knows: the answer did not come.
    Unknown,
    /// Something that should not happen.
    Failed(String),
}

/// What PostgreSQL, MariaDB and SQLite say of a statement that was ended by an administrator, or for want of room.
const CANCELLED: [&str; 3] = [
    "canceling statement due to user request",
    "Query execution was interrupted",
    "database or disk is full",
];

impl Answer {
    /// How an error of occ's is logged.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error {
            Error::RetriesExhausted(given_up) => Self::of(given_up.last()),
            error if error.needs_new_connection() => Self::Unknown,
            Error::Stale(_) | Error::StaleBatch(_) => Self::Stale,
            Error::Unmerged(_) => Self::Unmerged,
            Error::Exists(_) => Self::Exists,
            Error::Database(DieselError::NotFound) => Self::Missing,
            // By whoever calls: it is no answer of a database's.
            Error::Database(DieselError::RollbackTransaction) => Self::Cancelled,
            Error::Database(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                Self::Exists
            }
            Error::Database(DieselError::DatabaseError(_, information))
                if CANCELLED.contains(&information.message()) =>
            {
                Self::Cancelled
            }
            error if error.is_retryable() => Self::Retryable,
            error => Self::Failed(error.to_string()),
        }
    }

    /// Of any call.
    #[must_use]
    pub fn from_result<T>(result: &Result<T, Error>) -> Self {
        result.as_ref().map_or_else(Self::of, |_| Self::Done)
    }
}

/// One call for one row, and its answer.
#[derive(Clone, Debug)]
pub struct Op {
    /// Who called.
    pub worker: usize,
    /// When it began.
    pub start: u64,
    /// When it was answered.
    pub end: u64,
    /// What was called.
    pub call: Call,
    /// The row.
    pub key: i32,
    /// The innermost of the transactions, savepoints and batches that it was a part of.
    pub scope: Option<usize>,
    /// What it was to write.
    pub edits: Edits,
    /// The value in memory at the call.
    pub called: Option<Row>,
    /// What the caller was told.
    pub answer: Answer,
    /// The value in memory afterwards; of a read, what was read.
    pub after: Option<Row>,
    /// Whether the value was written in a plain transaction before whose end it could not know: it may be refused out of caution,
    /// and what is saved may get its version back first.
    pub unsettled: bool,
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:>6}-{:<6} worker {} {:?} row {}",
            self.start, self.end, self.worker, self.call, self.key
        )?;
        if let Some(scope) = self.scope {
            write!(f, " in {scope}")?;
        }
        write!(f, "{}", self.edits)?;
        if let Some(called) = self.called.as_ref().filter(|_| !self.call.creates()) {
            write!(f, " on version {}", shown(called.version))?;
        }
        match &self.answer {
            Answer::Failed(text) => write!(f, " -> failed: {text}")?,
            answer => write!(f, " -> {answer:?}")?,
        }
        match &self.after {
            Some(after) if self.call == Call::Load => write!(f, ": {after}"),
            Some(after) => write!(f, ", memory at version {}", shown(after.version)),
            None => Ok(()),
        }
    }
}

/// How a transaction, savepoint or batch has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it is to be seen, once what is around it has committed too.
    Committed,
    /// None of it is.
    RolledBack,
    /// All or none: the answer did not come.
    Unknown,
}

/// What is committed or rolled back as one.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The one around it.
    pub parent: Option<usize>,
    /// When its end was answered.
    pub end: u64,
    /// What the caller was told of its end.
    pub outcome: Outcome,
    /// The values that were handed to it: before, and after its end.
    pub handed: Vec<(Row, Row)>,
}

/// What one worker has done.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// In the order of their beginnings.
    pub ops: Vec<Op>,
    /// In the order of their beginnings.
    pub scopes: Vec<Scope>,
    /// What has gone wrong on purpose.
    pub faults: Counts,
}

impl Log {
    /// Begins one; it counts as unknown until it ends.
    pub fn begin(&mut self, parent: Option<usize>) -> usize {
        self.scopes.push(Scope { parent, end: u64::MAX, outcome: Outcome::Unknown, handed: Vec::new() });
        self.scopes.len() - 1
    }

    /// What was logged apart, after this.
    pub fn append(&mut self, log: Self) {
        let first = self.scopes.len();
        self.ops
            .extend(log.ops.into_iter().map(|op| Op { scope: op.scope.map(|scope| scope + first), ..op }));
        let shifted = |scope: Scope| Scope { parent: scope.parent.map(|parent| parent + first), ..scope };
        self.scopes.extend(log.scopes.into_iter().map(shifted));
        for (fault, times) in log.faults {
            *self.faults.entry(fault).or_default() += times;
        }
    }

    /// Ends one.
    pub fn end(&mut self, scope: usize, outcome: Outcome, end: u64) {
        self.scopes[scope].outcome = outcome;
        self.scopes[scope].end = end;
    }
}

/// What all have done, and what is in the table afterwards.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Of all workers.
    pub ops: Vec<Op>,
    /// Of all workers.
    pub scopes: Vec<Scope>,
    /// The rows at the end.
    pub rows: Vec<Row>,
    /// What has gone wrong on purpose.
    pub faults: Counts,
}

impl History {
    /// Puts the logs together.
    #[must_use]
    pub fn of(logs: Vec<Log>, rows: Vec<Row>) -> Self {
        let mut all = Log::default();
        for log in logs {
            all.append(log);
        }
        Self { ops: all.ops, scopes: all.scopes, rows, faults: all.faults }
    }

    /// The scopes that an operation is in, from the inside out.
    pub fn scopes_of(&self, op: &Op) -> impl Iterator<Item = usize> {
        std::iter::successors(op.scope, |scope| self.scopes[*scope].parent)
    }

    /// The outermost of them.
    #[must_use]
    pub fn outermost(&self, op: &Op) -> Option<usize> {
        self.scopes_of(op).last()
    }

    /// When the caller knew that what it wrote is committed.
    #[must_use]
    pub fn acknowledged(&self, op: &Op) -> u64 {
        self.outermost(op).map_or(op.end, |scope| self.scopes[scope].end)
    }
}
