//! What has to hold after every order: the acknowledged writes of a row are one chain, from what the row was to what it is.

use std::fmt;

use occ_runtime::{Error, StaleObjectError, Transient};

/// What a row was at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Row { version: i32, quantity: i32 },
    Gone,
}

/// A write that was acknowledged: what the writer wrote over, and what it wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The row's number, from 0.
    pub row: usize,
    pub from: State,
    pub to: State,
}

/// What one writer was told, and what it did.
#[derive(Clone, Debug)]
pub struct Told {
    pub answer: Answer,
    pub events: Vec<Event>,
    /// What is wrong in memory.
    pub memory: Option<String>,
}

/// In the words of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    Ok,
    Stale,
    OldSnapshot,
    Gone,
    Serialization,
    Deadlock,
    Changed,
    Busy,
    GaveUp,
    /// None that a writer may get.
    Other,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::Stale => "stale",
            Self::OldSnapshot => "old snapshot",
            Self::Gone => "gone",
            Self::Serialization => "serialization",
            Self::Deadlock => "deadlock",
            Self::Changed => "changed",
            Self::Busy => "busy",
            Self::GaveUp => "gave up",
            Self::Other => "other",
        })
    }
}

impl Answer {
    pub fn of(error: &Error) -> Self {
        match error {
            Error::RetriesExhausted(given_up) if given_up.last().is_retryable() => return Self::GaveUp,
            error if !error.is_retryable() => return Self::Other,
            _ => {}
        }
        match error {
            Error::Stale(stale) if stale.is_deleted() => Self::Gone,
            Error::Stale(stale) if stale.is_from_old_snapshot() => Self::OldSnapshot,
            Error::StaleBatch(batch) if batch.rows().iter().any(StaleObjectError::is_from_old_snapshot) => {
                Self::OldSnapshot
            }
            Error::Stale(_) | Error::StaleBatch(_) => Self::Stale,
            Error::Database(error) => Self::of_database(error),
            Error::TransactionAborted(aborted) => Self::of_database(aborted.cause()),
            _ => Self::Other,
        }
    }

    fn of_database(error: &diesel::result::Error) -> Self {
        match Transient::of(error) {
            Some(Transient::SerializationFailure) => Self::Serialization,
            Some(Transient::Deadlock) => Self::Deadlock,
            Some(Transient::RecordChanged) => Self::Changed,
            Some(Transient::Busy) => Self::Busy,
            _ => Self::Other,
        }
    }
}

/// Whether the acknowledged writes lead from `first` to `last`, each of them once, and each to the next version.
pub fn check(row: usize, told: &[Told], first: State, last: State) -> Result<(), String> {
    let mut events: Vec<Event> =
        told.iter().flat_map(|told| &told.events).copied().filter(|event| event.row == row).collect();
    let mut state = first;
    while let Some(next) = events.iter().position(|event| event.from == state) {
        let event = events.swap_remove(next);
        if let (State::Row { version: from, .. }, State::Row { version: to, .. }) = (event.from, event.to)
            && to != from + 1
        {
            return Err(format!("row {row}: version {to} after {from}"));
        }
        if let Some(other) = events.iter().find(|other| other.from == event.from) {
            return Err(format!("row {row}: one write is lost, of {event:?} and {other:?}"));
        }
        state = event.to;
    }
    if !events.is_empty() {
        return Err(format!(
            "row {row}: acknowledged, and not in the chain that ends with {state:?}: {events:?}"
        ));
    }
    if state != last {
        return Err(format!(
            "row {row}: the row is {last:?}, and the acknowledged writes end with {state:?}"
        ));
    }
    Ok(())
}
