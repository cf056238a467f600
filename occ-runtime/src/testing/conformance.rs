//! The promises, checked against your own model, table and connections.

use std::fmt;
use std::fmt::Debug;
use std::sync::{Barrier, Mutex, PoisonError};

use diesel::Connection;

use crate::blocking::batch::OptimisticBatchDsl as _;
use crate::blocking::reload::ReloadsOn;
use crate::blocking::row::OptimisticDsl as _;
use crate::blocking::saves::SavesOn;
use crate::error::Error;

/// What must hold for no update to be lost.
///
/// ```
/// assert_eq!(occ_runtime::testing::Promise::NoLostUpdate.to_string(), "of all saves from one version, one wins");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Promise {
    /// A save writes what is in memory, and afterwards both have the same new version.
    MemoryIsTrue,
    /// No version of a row comes twice.
    NoVersionTwice,
    /// A save of an outdated value is refused, each time it is tried, and changes neither row nor value.
    StaleSaveRefused,
    /// A delete of an outdated value is refused, and the row stays.
    StaleDeleteRefused,
    /// A save of a value whose row is deleted says so.
    DeletedRowNamed,
    /// Of a batch with an outdated value nothing is written.
    BatchAllOrNothing,
    /// Of all saves from one version, at most one is accepted, however many come at once.
    NoLostUpdate,
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MemoryIsTrue => "after a save, memory and row are the same, at a new version",
            Self::NoVersionTwice => "no version of a row comes twice",
            Self::StaleSaveRefused => "an outdated value cannot be saved, and stays as it is",
            Self::StaleDeleteRefused => "an outdated value cannot be deleted",
            Self::DeletedRowNamed => "a deleted row is reported as deleted",
            Self::BatchAllOrNothing => "of a batch with an outdated value nothing is written",
            Self::NoLostUpdate => "of all saves from one version, one wins",
        })
    }
}

/// What a run has found out.
///
/// Its `Display` is a line for each promise.
///
/// ```
/// # use occ_runtime::testing::Report;
/// fn ci(report: &Report) {
///     for (promise, why) in report.broken() {
///         eprintln!("{promise}: {why}");
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a report that nobody reads fails no test: call `assert`"]
pub struct Report {
    promises: Vec<(Promise, Result<(), String>)>,
}

impl Report {
    /// The promises that are broken, each with what was seen.
    pub fn broken(&self) -> impl Iterator<Item = (Promise, &str)> {
        self.promises.iter().filter_map(|(promise, kept)| Some((*promise, kept.as_ref().err()?.as_str())))
    }

    /// Fails the test if a promise is broken.
    ///
    /// # Panics
    ///
    /// With the whole report.
    #[track_caller]
    pub fn assert(&self) {
        assert!(self.broken().next().is_none(), "optimistic locking does not hold here:\n{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (promise, kept) in &self.promises {
            match kept {
                Ok(()) => writeln!(f, "kept:   {promise}")?,
                Err(why) => writeln!(f, "BROKEN: {promise}: {why}")?,
            }
        }
        Ok(())
    }
}

type Save<M, C> = dyn Fn(&mut M, &mut C) -> Result<(), Error> + Sync;

/// The suite: see [the module](crate::testing).
pub struct Conformance<M, C, Connect, Insert, Change> {
    connect: Connect,
    insert: Insert,
    change: Change,
    save: Box<Save<M, C>>,
    threads: usize,
    wins: usize,
}

impl<M, C, Connect, Insert, Change> Debug for Conformance<M, C, Connect, Insert, Change> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conformance")
            .field("threads", &self.threads)
            .field("wins", &self.wins)
            .finish_non_exhaustive()
    }
}

impl<M, C, Connect, Insert, Change> Conformance<M, C, Connect, Insert, Change>
where
    C: Connection,
    M: SavesOn<C> + ReloadsOn<C> + Clone + Debug + PartialEq + Send + Sync,
    Connect: Fn() -> C + Sync,
    Insert: Fn(&mut C) -> M + Sync,
    Change: Fn(&mut M) + Sync,
{
    /// `connect` opens another connection to one and the same database, `insert` inserts a row of its own and returns it as it
    /// was read back, and `change` gives a column besides key and version another value.
    ///
    /// Let connections wait for locks; on SQLite that takes `PRAGMA busy_timeout`.
    pub fn new(connect: Connect, insert: Insert, change: Change) -> Self {
        let save = Box::new(|model: &mut M, conn: &mut C| model.save_optimistic(conn));
        Self { connect, insert, change, save, threads: 4, wins: 10 }
    }

    /// Saves by your own function instead of [`save_optimistic`](crate::OptimisticDsl::save_optimistic): for a repository
    /// or service around the model. It must return the conflict's [`Error::Stale`].
    #[must_use]
    pub fn save_with(mut self, save: impl Fn(&mut M, &mut C) -> Result<(), Error> + Sync + 'static) -> Self {
        self.save = Box::new(save);
        self
    }

    /// How many threads save one row at the same time, and how often each has to succeed. Otherwise 4 and 10.
    #[must_use]
    pub fn race(mut self, threads: usize, wins: usize) -> Self {
        (self.threads, self.wins) = (threads, wins);
        self
    }

    /// Checks every promise, each with a row of its own.
    pub fn run(&self) -> Report {
        let (a, b) = (&mut (self.connect)(), &mut (self.connect)());
        let checks: [(Promise, Result<(), String>); 7] = [
            (Promise::MemoryIsTrue, self.memory_is_true(a, b)),
            (Promise::NoVersionTwice, self.no_version_twice(a)),
            (Promise::StaleSaveRefused, self.stale_save_refused(a, b)),
            (Promise::StaleDeleteRefused, self.stale_delete_refused(a, b)),
            (Promise::DeletedRowNamed, self.deleted_row_named(a, b)),
            (Promise::BatchAllOrNothing, self.batch_all_or_nothing(a, b)),
            (Promise::NoLostUpdate, self.no_lost_update(a)),
        ];
        Report { promises: checks.into() }
    }

    fn memory_is_true(&self, a: &mut C, b: &mut C) -> Result<(), String> {
        let mut row = (self.insert)(a);
        let old = row.clone();
        (self.change)(&mut row);
        if row == old {
            return Err(format!("`change` changes nothing: {row:?}"));
        }
        (self.save)(&mut row, a).map_err(|error| format!("a save failed: {error}"))?;
        if row.version() == old.version() {
            return Err(format!("a save has left the value at version {:?}", row.version()));
        }
        let stored = read(&row, b)?;
        if stored == row { Ok(()) } else { Err(format!("in memory {row:?}, in the database {stored:?}")) }
    }

    fn no_version_twice(&self, a: &mut C) -> Result<(), String> {
        let mut row = (self.insert)(a);
        let mut seen = vec![row.clone()];
        for _ in 0..20 {
            (self.change)(&mut row);
            (self.save)(&mut row, a).map_err(|error| format!("save {} failed: {error}", seen.len()))?;
            row = read(&row, a)?;
            if seen.iter().any(|before| before.version() == row.version()) {
                return Err(format!("version {:?} came again at save {}", row.version(), seen.len()));
            }
            seen.push(row.clone());
        }
        Ok(())
    }

    /// A row with a value of it that is outdated.
    fn outdated(&self, a: &mut C, b: &mut C) -> Result<(M, M), String> {
        let mut first = (self.insert)(a);
        let mut second = first.clone();
        (self.change)(&mut first);
        (self.save)(&mut first, a).map_err(|error| format!("the first save failed: {error}"))?;
        (self.change)(&mut second);
        (self.change)(&mut second);
        Ok((read(&first, b)?, second))
    }

    fn stale_save_refused(&self, a: &mut C, b: &mut C) -> Result<(), String> {
        let (stored, mut stale) = self.outdated(a, b)?;
        let before = stale.clone();
        for attempt in ["first", "second"] {
            match (self.save)(&mut stale, b) {
                Ok(()) => {
                    return Err(format!("the {attempt} save of {before:?} went through, over {stored:?}"));
                }
                Err(error) if !error.is_stale() => {
                    return Err(format!("the {attempt} save failed otherwise: {error}"));
                }
                Err(_) => {}
            }
            if stale != before {
                return Err(format!("the {attempt} refusal has made {stale:?} of {before:?}"));
            }
            unchanged(&stored, a)?;
        }
        Ok(())
    }

    fn stale_delete_refused(&self, a: &mut C, b: &mut C) -> Result<(), String> {
        let (stored, stale) = self.outdated(a, b)?;
        match stale.delete_optimistic(b) {
            Ok(()) => Err(format!("the delete of {stale:?} went through, of {stored:?}")),
            Err(error) if !error.is_stale() => Err(format!("the delete failed otherwise: {error}")),
            Err(_) => unchanged(&stored, a),
        }
    }

    fn deleted_row_named(&self, a: &mut C, b: &mut C) -> Result<(), String> {
        let row = (self.insert)(a);
        row.delete_optimistic(b).map_err(|error| format!("the delete failed: {error}"))?;
        let mut gone = row.clone();
        (self.change)(&mut gone);
        match (self.save)(&mut gone, a) {
            Err(Error::Stale(stale)) if stale.is_deleted() => Ok(()),
            Err(error) => Err(format!("the save failed otherwise: {error}")),
            Ok(()) => Err(format!("{row:?} is deleted, and was saved")),
        }
    }

    fn batch_all_or_nothing(&self, a: &mut C, b: &mut C) -> Result<(), String> {
        let fresh = (self.insert)(a);
        let (stored, stale) = self.outdated(a, b)?;
        let mut batch = [fresh.clone(), stale];
        (self.change)(&mut batch[0]);
        match batch.save_all_optimistic(b) {
            Ok(()) => Err(format!("{batch:?} went through, over {stored:?}")),
            Err(error) if !error.is_stale() => Err(format!("the batch failed otherwise: {error}")),
            Err(_) => unchanged(&stored, a).and_then(|()| unchanged(&fresh, a)),
        }
    }

    fn no_lost_update(&self, a: &mut C) -> Result<(), String> {
        let row = (self.insert)(a);
        let (start, won) = (Barrier::new(self.threads), Mutex::new(Vec::new()));
        let failed: Vec<String> = std::thread::scope(|scope| {
            let workers: Vec<_> =
                (0..self.threads).map(|_| scope.spawn(|| self.save_often(&row, &start, &won))).collect();
            let ended = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
            ended
                .filter_map(|ended| ended.unwrap_or_else(|_| Err("a thread panicked".into())).err())
                .collect()
        });
        if let Some(why) = failed.into_iter().next() {
            return Err(why);
        }
        let won = won.into_inner().unwrap_or_else(PoisonError::into_inner);
        match won.into_iter().find(|(_, times)| *times > 1) {
            Some((row, times)) => Err(format!("{times} saves from version {:?} went through", row.version())),
            None => Ok(()),
        }
    }

    /// Saves until it has won often enough, and counts the saves that began at one version.
    fn save_often(&self, row: &M, start: &Barrier, won: &Mutex<Vec<(M, usize)>>) -> Result<(), String> {
        let conn = &mut (self.connect)();
        start.wait();
        let mut wins = 0;
        let mut tries = 0;
        while wins < self.wins {
            let mut row = read(row, conn)?;
            let from = row.clone();
            (self.change)(&mut row);
            match (self.save)(&mut row, conn) {
                Ok(()) => {
                    wins += 1;
                    let mut won = won.lock().unwrap_or_else(PoisonError::into_inner);
                    match won.iter_mut().find(|(row, _)| row.version() == from.version()) {
                        Some((_, times)) => *times += 1,
                        None => won.push((from, 1)),
                    }
                }
                Err(error) if error.is_retryable() => {}
                Err(error) => return Err(format!("a save failed: {error}")),
            }
            tries += 1;
            if tries > 1000 * self.wins {
                return Err(format!("{wins} of {tries} saves went through"));
            }
        }
        Ok(())
    }
}

/// The row as it is now.
fn read<M, C>(row: &M, conn: &mut C) -> Result<M, String>
where
    C: Connection,
    M: SavesOn<C> + ReloadsOn<C> + Clone,
{
    let mut current = row.clone();
    current.reload(conn).map_err(|error| format!("the row could not be read: {error}"))?;
    Ok(current)
}

fn unchanged<M, C>(row: &M, conn: &mut C) -> Result<(), String>
where
    C: Connection,
    M: SavesOn<C> + ReloadsOn<C> + Clone + Debug + PartialEq,
{
    let now = read(row, conn)?;
    if now == *row { Ok(()) } else { Err(format!("refused, and yet the row is {now:?}, no longer {row:?}")) }
}
