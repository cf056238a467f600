//! What goes wrong on purpose: drawn from the seed with the plan, armed for one step, and counted when it has happened.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use diesel::result::Error as DieselError;
use occ_runtime::Error;

/// One fault, of the step that it stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is cut.
    Cut(At, Moment),
    /// A request arrives later.
    Delay(At, Duration),
    /// An administrator ends the connection, before the server gets the request or after that.
    Kill(At, When),
    /// An administrator ends the statement.
    Cancel(At, When),
    /// The future is dropped when it has waited so many times.
    Drop(u32, Level),
    /// The caller's code panics, when it comes by for the time of this number.
    Panic(u32),
    /// The database file may not grow.
    Full,
}

/// At which request of the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// So many requests are answered before.
    Request(u32),
    /// The first COMMIT.
    Commit,
}

/// Where in a request and its answer a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The server never hears of it.
    Before,
    /// The server gets so many bytes of it, modulo its length: never the whole.
    MidRequest(usize),
    /// The server has all of it, and its answer goes nowhere.
    After,
    /// The client gets so many bytes of the answer, modulo its length.
    MidAnswer(usize),
}

/// Before or after the request is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The server gets the request of a connection that is ended.
    Before,
    /// The server may be at work.
    After,
}

/// Which future is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// That of the whole call: a transaction with all that is in it.
    Whole,
    /// That of one save within a transaction, whose closure goes on with an error.
    Within,
}

impl Fault {
    /// What it is counted as.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Cut(At::Request(_), Moment::Before) => "cut before a request",
            Self::Cut(At::Request(_), Moment::MidRequest(_)) => "cut in a request",
            Self::Cut(At::Request(_), Moment::After) => "cut before an answer",
            Self::Cut(At::Request(_), Moment::MidAnswer(_)) => "cut in an answer",
            Self::Cut(At::Commit, Moment::Before) => "cut before a COMMIT",
            Self::Cut(At::Commit, Moment::MidRequest(_)) => "cut in a COMMIT",
            Self::Cut(At::Commit, Moment::After) => "cut before the answer to a COMMIT",
            Self::Cut(At::Commit, Moment::MidAnswer(_)) => "cut in the answer to a COMMIT",
            Self::Delay(..) => "delay",
            Self::Kill(..) => "connection killed",
            Self::Cancel(..) => "statement cancelled",
            Self::Drop(_, Level::Whole) => "future dropped",
            Self::Drop(_, Level::Within) => "future dropped within a transaction",
            Self::Panic(_) => "panic",
            Self::Full => "full",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Cut(At::Request(request), _)
            | Self::Delay(At::Request(request), _)
            | Self::Kill(At::Request(request), _)
            | Self::Cancel(At::Request(request), _) => write!(f, " {request}"),
            Self::Kill(At::Commit, _) | Self::Cancel(At::Commit, _) => f.write_str(" at COMMIT"),
            Self::Drop(polls, _) => write!(f, " after {polls} polls"),
            Self::Panic(time) => write!(f, " {time}"),
            _ => Ok(()),
        }
    }
}

/// How often each has happened.
pub type Counts = BTreeMap<&'static str, usize>;

/// What is to go wrong in the code of one worker, while a step is under way.
#[derive(Debug, Default)]
pub struct Mishap {
    /// Counted down; 0 is never.
    polls: AtomicU32,
    within: AtomicBool,
    /// The same.
    panics: AtomicU32,
    /// Its future was dropped, or its code has panicked: what is to be found on the connection, occ knows.
    cut_short: AtomicBool,
    happened: Mutex<Counts>,
}

/// The panic that was planned; any other is a fault of this package or of occ's.
struct Planned;

impl Mishap {
    /// For the step that comes.
    pub fn arm(&self, fault: Fault) {
        match fault {
            Fault::Drop(polls, level) => {
                self.within.store(level == Level::Within, Ordering::Relaxed);
                self.polls.store(polls, Ordering::Relaxed);
            }
            Fault::Panic(time) => self.panics.store(time, Ordering::Relaxed),
            _ => {}
        }
    }

    /// The step is over. Whether it was cut short.
    pub fn disarm(&self) -> bool {
        self.polls.store(0, Ordering::Relaxed);
        self.panics.store(0, Ordering::Relaxed);
        self.cut_short.swap(false, Ordering::Relaxed)
    }

    /// It has happened.
    pub fn count(&self, what: &'static str) {
        *self.happened.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
    }

    /// How often what has happened.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.happened.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The caller's code comes by here.
    ///
    /// # Panics
    ///
    /// If that is planned. Nothing is printed.
    pub fn may_panic(&self) {
        if counts_down(&self.panics) {
            self.cut_short.store(true, Ordering::Relaxed);
            self.count("panic");
            resume_unwind(Box::new(Planned));
        }
    }

    fn drops(&self, level: Level) -> bool {
        if (level == Level::Within) != self.within.load(Ordering::Relaxed) || !counts_down(&self.polls) {
            return false;
        }
        self.cut_short.store(true, Ordering::Relaxed);
        self.count(Fault::Drop(0, level).name());
        true
    }

    /// Awaits a call, unless its future is to be dropped, or panics as planned. A future that was dropped may have done all
    /// that it was to do: it counts as a connection that was lost.
    ///
    /// # Errors
    ///
    /// What the call says; `dropped` or `panicked` if it did not come to its end.
    pub async fn guard<T, F: Future<Output = Result<T, Error>>>(
        &self,
        level: Level,
        call: F,
    ) -> Result<T, Error> {
        let mut call: Option<Pin<Box<F>>> = Some(Box::pin(call));
        std::future::poll_fn(|context| {
            let Some(running) = call.as_mut() else { return Poll::Ready(Err(dropped())) };
            let error = match catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context))) {
                Ok(Poll::Pending) if self.drops(level) => dropped(),
                Ok(poll) => return poll,
                Err(panic) if panic.is::<Planned>() => panicked(),
                Err(panic) => resume_unwind(panic),
            };
            call = None;
            Poll::Ready(Err(error))
        })
        .await
    }
}

/// Whether this is the one.
fn counts_down(left: &AtomicU32) -> bool {
    let count = |left: u32| left.checked_sub(1);
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count) == Ok(1)
}

/// What occ says itself of the connection of a future that was dropped.
fn dropped() -> Error {
    Error::Database(DieselError::BrokenTransactionManager)
}

/// A closure that has panicked has not come to the end at which it would have been committed.
fn panicked() -> Error {
    Error::Database(DieselError::RollbackTransaction)
}
