//! Writes whose answer has not come: what they were to make of their rows.
//!
//! When a connection breaks in a write, or its future is dropped, nobody knows whether it is stored. The value is what it was before,
//! so it has no place for the version that it was to get. That is kept here, for the program as a whole, until somebody asks what has
//! become of the write.

use std::any::{Any, TypeId};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::model::optimistic_lock::OptimisticLock;
use crate::transaction::journal::Mark;

/// The oldest first. Once there are [`MOST`], the oldest is forgotten.
static UNANSWERED: Mutex<VecDeque<Attempt>> = Mutex::new(VecDeque::new());

/// As many as a program with a few hundred connections leaves behind when its server goes down under load.
const MOST: usize = 4_096;

/// One write of one row.
struct Attempt {
    model: TypeId,
    key: Mark,
    /// The version in memory, before and after.
    from: Mark,
    to: Box<dyn Any + Send + Sync>,
    is_new: bool,
}

impl Attempt {
    fn is_of<M: OptimisticLock>(&self, key: &Mark, from: &Mark) -> bool {
        self.model == TypeId::of::<M::StatementId>() && self.key == *key && self.from == *from
    }
}

fn attempts() -> MutexGuard<'static, VecDeque<Attempt>> {
    UNANSWERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The row was to get the version `to`.
pub(crate) fn write_down<M: OptimisticLock>(row: &M, to: M::Version, is_new: bool) {
    let attempt = Attempt {
        model: TypeId::of::<M::StatementId>(),
        key: Mark::of_key(row),
        from: Mark::of_version(row),
        to: Box::new(to),
        is_new,
    };
    let mut attempts = attempts();
    if attempts.len() == MOST {
        attempts.pop_front();
    }
    attempts.push_back(attempt);
}

/// The value is put back from `ahead`, the version that its transaction has come to, and it may be committed all the same.
pub(crate) fn is_in_doubt<M: OptimisticLock>(row: &M, ahead: M::Version) {
    // The user's code, perhaps while something panics already.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        if *row.version() != ahead {
            write_down(row, ahead, false);
        }
    }));
}

/// The outcomes of rows whose transaction has ended so; if nobody has heard how, those that were written are written down.
pub(crate) fn unless_lost<M: OptimisticLock>(
    rows: &[M],
    outcomes: Vec<Result<M::Version, Error>>,
    ended: Result<(), Error>,
) -> Result<Vec<Result<M::Version, Error>>, Error> {
    let Err(error) = ended else { return Ok(outcomes) };
    if error.needs_new_connection() {
        for (row, outcome) in rows.iter().zip(outcomes) {
            if let Ok(version) = outcome {
                write_down(row, version, false);
            }
        }
    }
    Err(error)
}

/// What is known of the unanswered writes of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) attempts: usize,
    /// One of them was to make the row.
    pub(crate) is_new: bool,
    /// One of them was to give the row the version that it has.
    pub(crate) is_at_theirs: bool,
}

/// What is known of the unanswered writes of a value whose row is at `now`.
pub(crate) fn known<M: OptimisticLock>(row: &M, now: Option<&M::Version>) -> Known {
    let (key, from) = (Mark::of_key(row), Mark::of_version(row));
    let attempts = attempts();
    attempts.iter().filter(|attempt| attempt.is_of::<M>(&key, &from)).fold(
        Known::default(),
        |known, attempt| {
            let is_at_theirs = now.is_some() && attempt.to.downcast_ref::<M::Version>() == now;
            Known {
                attempts: known.attempts + 1,
                is_new: known.is_new || attempt.is_new,
                is_at_theirs: known.is_at_theirs || is_at_theirs,
            }
        },
    )
}

/// It is known what has become of the writes of this value.
pub(crate) fn forget<M: OptimisticLock>(row: &M) {
    let (key, from) = (Mark::of_key(row), Mark::of_version(row));
    attempts().retain(|attempt| !attempt.is_of::<M>(&key, &from));
}

/// Versions that are sent and not answered yet. Dropped, they are written down.
pub(crate) struct Unanswered<'a, M, N>
where
    M: OptimisticLock,
    N: IntoIterator<Item = M::Version> + Default,
{
    rows: &'a [M],
    pub(crate) next: N,
    is_new: bool,
}

impl<'a, M, N> Unanswered<'a, M, N>
where
    M: OptimisticLock,
    N: IntoIterator<Item = M::Version> + Default,
{
    pub(crate) fn of(rows: &'a [M], next: N) -> Self {
        Self { rows, next, is_new: false }
    }

    /// Of rows that are to be made.
    pub(crate) fn of_new(rows: &'a [M], next: N) -> Self {
        Self { rows, next, is_new: true }
    }

    /// The answer has come.
    pub(crate) fn answered(mut self) -> N {
        std::mem::take(&mut self.next)
    }

    /// An error is an answer, unless the connection is lost.
    pub(crate) fn ended_by(self, error: Error) -> Error {
        if !error.needs_new_connection() {
            self.answered();
        }
        error
    }
}

impl<M, N> Drop for Unanswered<'_, M, N>
where
    M: OptimisticLock,
    N: IntoIterator<Item = M::Version> + Default,
{
    fn drop(&mut self) {
        let next = std::mem::take(&mut self.next);
        for (row, next) in self.rows.iter().zip(next) {
            // The user's code, perhaps while something panics already.
            let _ = catch_unwind(AssertUnwindSafe(|| write_down(row, next, self.is_new)));
        }
    }
}
