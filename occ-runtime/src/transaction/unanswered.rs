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
use crate::error::stale::Operation;
use crate::model::identity::Identity;
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
    /// The version that the row was to get with the value's columns. `None` of a write that is not of what is in memory, or whose version
    /// the database makes: it says only that there was one.
    to: Option<Box<dyn Any + Send + Sync>>,
    /// The row was to be at `from` before. Else that says nothing: a row is made whatever version is in memory.
    is_from_memory: bool,
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
fn write_down<M: OptimisticLock>(row: &M, to: Option<M::Version>, is_from_memory: bool) {
    let attempt = Attempt {
        model: TypeId::of::<M::StatementId>(),
        key: Mark::of_key(row),
        from: Mark::of_version(row),
        // A version that cannot be told from another one says nothing.
        to: to
            .filter(|_| !matches!(row.version_identity(), Identity::Unknown))
            .map(|to| -> Box<dyn Any + Send + Sync> { Box::new(to) }),
        is_from_memory,
    };
    let mut attempts = attempts();
    if attempts.len() == MOST {
        attempts.pop_front();
    }
    attempts.push_back(attempt);
}

/// The value is put back from `ahead`, the version that its transaction has come to, and it may be committed all the same.
pub(crate) fn is_in_doubt<M: OptimisticLock>(row: &M, ahead: M::Version, is_from_memory: bool) {
    // The user's code, perhaps while something panics already.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let to = Some(ahead).filter(|ahead| row.version() != ahead);
        write_down(row, to, is_from_memory);
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
                write_down(row, Some(version), true);
            }
        }
    }
    Err(error)
}

/// What is known of the unanswered writes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Nothing,
    /// One of them was to give the row the version that it has now, with the columns of the value; if it was to make the row, with all of
    /// them.
    MadeTheirs {
        is_new: bool,
    },
    /// Each was to find the row at the version in memory.
    FromMemory,
    Other,
}

/// What is known of the unanswered writes of a value whose row is at `now`.
pub(crate) fn known<M: OptimisticLock>(row: &M, now: &M::Version) -> Known {
    let (key, from) = (Mark::of_key(row), Mark::of_version(row));
    let made_theirs = |attempt: &Attempt| {
        attempt.to.as_ref().is_some_and(|to| to.downcast_ref::<M::Version>() == Some(now))
    };
    let attempts = attempts();
    let own = attempts.iter().filter(|attempt| attempt.is_of::<M>(&key, &from));
    own.fold(Known::Nothing, |known, attempt| match known {
        Known::MadeTheirs { .. } => known,
        _ if made_theirs(attempt) => Known::MadeTheirs { is_new: !attempt.is_from_memory },
        Known::Nothing | Known::FromMemory if attempt.is_from_memory => Known::FromMemory,
        _ => Known::Other,
    })
}

/// It is known what has become of the writes of this value.
pub(crate) fn forget<M: OptimisticLock>(row: &M) {
    let (key, from) = (Mark::of_key(row), Mark::of_version(row));
    attempts().retain(|attempt| !attempt.is_of::<M>(&key, &from));
}

/// A write that is sent and not answered yet. Dropped, it is written down.
pub struct Unanswered<'a, M, N>
where
    M: OptimisticLock,
    N: IntoIterator<Item = M::Version> + Default,
{
    rows: &'a [M],
    /// The versions that the rows are to get with the columns of the values, if they are.
    pub(crate) next: N,
    is_whole: bool,
    is_from_memory: bool,
}

impl<'a, M, N> Unanswered<'a, M, N>
where
    M: OptimisticLock,
    N: IntoIterator<Item = M::Version> + Default,
{
    pub(crate) fn of(rows: &'a [M], next: N) -> Self {
        Self { rows, next, is_whole: true, is_from_memory: true }
    }

    /// Of rows that are written whatever version is in memory.
    pub(crate) fn of_new(rows: &'a [M], next: N) -> Self {
        let mut sent = Self::of(rows, next);
        sent.is_from_memory = false;
        sent
    }

    /// Of a row that is to be at this version.
    pub(crate) fn expecting(mut self, expected: &M::Version) -> Self {
        self.is_from_memory = self.rows.iter().all(|row| row.version() == expected);
        self
    }

    /// Where only some columns are written, or none, what is in memory says nothing of whether they are.
    pub(crate) fn if_whole(mut self, operation: Operation) -> Self {
        self.is_whole = !matches!(
            operation,
            Operation::Update | Operation::Touch | Operation::Delete | Operation::Restore
        );
        self
    }

    /// The answer has come.
    pub(crate) fn answered(mut self) -> N {
        self.rows = &[];
        std::mem::take(&mut self.next)
    }

    /// An error is an answer, unless the connection is lost.
    pub(crate) fn ended_by(self, error: Error) -> Error {
        if !error.needs_new_connection() {
            self.answered();
        }
        error
    }

    /// The same of an outcome.
    pub(crate) fn ended<T>(self, outcome: Result<T, Error>) -> Result<T, Error> {
        match outcome {
            Ok(outcome) => {
                self.answered();
                Ok(outcome)
            }
            Err(error) => Err(self.ended_by(error)),
        }
    }
}

impl<'a, M: OptimisticLock> Unanswered<'a, M, Option<M::Version>> {
    /// Of a write that is not of what is in memory: it only says that there was one.
    pub(crate) fn of_something(row: &'a M) -> Self {
        Self::of(std::slice::from_ref(row), None)
    }

    /// The same of a row that is written whatever version is in memory.
    pub(crate) fn of_new_thing(row: &'a M) -> Self {
        Self::of_new(std::slice::from_ref(row), None)
    }
}

impl<M, N> Drop for Unanswered<'_, M, N>
where
    M: OptimisticLock,
    N: IntoIterator<Item = M::Version> + Default,
{
    fn drop(&mut self) {
        let mut next = std::mem::take(&mut self.next).into_iter();
        for row in self.rows {
            let to = next.next().filter(|_| self.is_whole);
            // The user's code, perhaps while something panics already.
            let _ = catch_unwind(AssertUnwindSafe(|| write_down(row, to, self.is_from_memory)));
        }
    }
}
