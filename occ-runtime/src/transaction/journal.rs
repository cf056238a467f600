//! Which versions the saves within an `optimistic_transaction` have advanced, so that exactly those are put back when it is
//! rolled back: whatever the closure has done with the values meanwhile.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::hash::{DefaultHasher, Hasher as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
#[cfg(feature = "async")]
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::result::Error as DieselError;

use crate::error::aborted;
use crate::model::identity::Identity;
use crate::model::optimistic_lock::OptimisticLock;

thread_local! {
    /// That of the innermost transaction whose closure is running on this thread.
    static CURRENT: RefCell<Option<Journal>> = const { RefCell::new(None) };
}

/// One transaction of occ's: the moves of its saves, the first one first, and how it has ended.
#[derive(Clone, Debug)]
pub(crate) struct Journal(Arc<Page>);

#[derive(Debug)]
struct Page {
    moves: Mutex<Vec<Move>>,
    /// Where the connection is, which nobody can move while the closure has it: others may be written through in there.
    connection: usize,
    /// How many transactions were open before it, and are while its closure runs.
    before: u32,
    depth: u32,
    /// The one of occ's that it is within.
    outer: Option<Journal>,
    ending: Mutex<Ending>,
    /// The server has ended it, while its closure still runs.
    over: AtomicBool,
}

/// How a transaction has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Open,
    Committed,
    RolledBack,
    /// It is within another one, which occ has not begun; or nobody has heard the answer to its `COMMIT`.
    Unknown,
}

impl Ending {
    /// Of an outcome, on a connection that is still good or not. A connection that is lost may be so since the `COMMIT`.
    pub(crate) fn of<T, E>(outcome: &Result<T, E>, is_good: bool) -> Self {
        match outcome {
            Ok(_) => Self::Committed,
            Err(_) if is_good => Self::RolledBack,
            Err(_) => Self::Unknown,
        }
    }
}

#[derive(Debug)]
struct Move {
    model: TypeId,
    key: Mark,
    before: Mark,
    to: Mark,
    from: Box<dyn Any + Send + Sync>,
    /// Whatever version was in memory.
    is_new: bool,
}

/// Identifies values: by their hashes, and by what they print.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Mark(u64, String);

impl Mark {
    pub(crate) fn of_key<M: OptimisticLock>(row: &M) -> Self {
        Self::of(|see| row.visit_key(see))
    }

    pub(crate) fn of_version<M: OptimisticLock>(row: &M) -> Self {
        Self::of(|see| see(row.version(), row.version_identity()))
    }

    fn of(visit: impl FnOnce(&mut dyn FnMut(&dyn Debug, Identity<'_>))) -> Self {
        let (mut hasher, mut text) = (DefaultHasher::new(), String::new());
        visit(&mut |value, identity| {
            // Writing to a String does not fail, and a `Debug` that claims to fail has written what it could.
            let _ = write!(text, "{value:?}\u{0}");
            if let Identity::Hashed(value) = identity {
                value.hash_into(&mut hasher);
            }
        });
        Self(hasher.finish(), text)
    }
}

pub(crate) fn address<C>(conn: &C) -> usize {
    std::ptr::from_ref(conn).addr()
}

/// The transactions of occ's whose closures are running on this connection, the innermost first. Those of other connections may be
/// around them, and within.
fn all_on<C>(conn: &C) -> impl Iterator<Item = Journal> {
    let connection = address(conn);
    let innermost = CURRENT.with_borrow(Clone::clone);
    std::iter::successors(innermost, |journal| journal.0.outer.clone())
        .filter(move |journal| journal.0.connection == connection)
}

/// The innermost of them.
fn running_on<C>(conn: &C) -> Option<Journal> {
    all_on(conn).next()
}

/// Whether there is one.
pub(crate) fn runs_on<C>(conn: &C) -> bool {
    running_on(conn).is_some()
}

/// The server has ended the transaction on the connection, with all that are within each other there: what follows would commit
/// by itself.
pub(crate) fn is_over_on<C>(conn: &C) {
    for Journal(page) in all_on(conn) {
        page.over.store(true, Ordering::Release);
    }
}

/// Whether the transaction of occ's whose closure is running on this connection is gone.
pub(crate) fn was_over_on<C>(conn: &C) -> bool {
    CURRENT.with_borrow(Option::is_some)
        && running_on(conn).is_some_and(|Journal(page)| page.over.load(Ordering::Acquire))
}

/// The database has accepted `next` for the row.
pub(crate) fn moved_on<M: OptimisticLock>(row: &mut M, next: M::Version) {
    note(row, next, false);
}

/// The same of a row that was written whatever version is in memory: made, or written over.
pub(crate) fn made<M: OptimisticLock>(row: &mut M, next: M::Version) {
    note(row, next, true);
}

fn note<M: OptimisticLock>(row: &mut M, next: M::Version, is_new: bool) {
    let Some(journal) = CURRENT.with_borrow(Clone::clone) else {
        row.set_version(next);
        return;
    };
    let (key, before) = (Mark::of_key(row), Mark::of_version(row));
    let from = row.set_version(next);
    // The user's code, which may panic: then nothing has happened.
    match catch_unwind(AssertUnwindSafe(|| Mark::of_version(row))) {
        Ok(to) => {
            let model = TypeId::of::<M::StatementId>();
            journal.moves().push(Move { model, key, before, to, from: Box::new(from), is_new });
        }
        Err(panic) => {
            row.set_version(from);
            resume_unwind(panic);
        }
    }
}

/// The value becomes the row that the database has made of it. Its fields stay so after a rollback, as edits do; its version is put
/// back.
pub(crate) fn replaced_by<M: OptimisticLock>(row: &mut M, next: M) {
    let Some(journal) = CURRENT.with_borrow(Clone::clone) else {
        *row = next;
        return;
    };
    // The user's code, which may panic: nothing has happened yet.
    let (key, before, to) = (Mark::of_key(&next), Mark::of_version(row), Mark::of_version(&next));
    let spare = M::initial_version();
    let from = Box::new(std::mem::replace(row, next).set_version(spare));
    let model = TypeId::of::<M::StatementId>();
    journal.moves().push(Move { model, key, before, to, from, is_new: false });
}

impl Journal {
    pub(crate) fn of<C>(conn: &C, before: u32, depth: u32) -> Self {
        Self(Arc::new(Page {
            moves: Mutex::default(),
            connection: address(conn),
            before,
            depth,
            outer: CURRENT.with_borrow(Clone::clone),
            ending: Mutex::new(Ending::Open),
            over: AtomicBool::new(false),
        }))
    }

    /// The one whose closure is running, if it has this connection and nothing was begun within it.
    pub(crate) fn at<C>(conn: &C, depth: u32) -> Option<Self> {
        running_on(conn).filter(|journal| journal.0.depth == depth)
    }

    /// What the closure has come to; a success after its transaction was over does not count.
    pub(crate) fn unless_over<T, E: From<DieselError>>(&self, outcome: Result<T, E>) -> Result<T, E> {
        match outcome {
            Ok(_) if self.0.over.load(Ordering::Acquire) => Err(aborted(DieselError::NotInTransaction)),
            outcome => outcome,
        }
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn own_ending(&self) -> Ending {
        *self.0.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The transaction of occ's that it is directly within. That of another connection says nothing.
    fn around(&self) -> Option<&Self> {
        let page = &*self.0;
        let is_around = |outer: &Page| outer.depth == page.before && outer.connection == page.connection;
        page.outer.as_ref().filter(|outer| is_around(&outer.0))
    }

    pub(crate) fn ending(&self) -> Ending {
        match self.own_ending() {
            Ending::Committed if self.0.before > 0 => self.around().map_or(Ending::Unknown, Self::ending),
            own => own,
        }
    }

    /// The one that what happened in it is in now: another one, once it has ended well within that.
    pub(crate) fn holder(&self) -> &Self {
        match self.around() {
            Some(around) if self.0.before > 0 && self.own_ending() == Ending::Committed => around.holder(),
            _ => self,
        }
    }

    /// How many transactions are open around what happened in it: fewer, once it has ended well.
    pub(crate) fn depth_now(&self) -> u32 {
        let holder = self.holder();
        if holder.own_ending() == Ending::Committed { holder.0.before } else { holder.0.depth }
    }

    /// The transaction is over.
    pub(crate) fn ends(&self, ending: Ending) {
        *self.0.ending.lock().unwrap_or_else(PoisonError::into_inner) = ending;
    }

    fn moves(&self) -> MutexGuard<'_, Vec<Move>> {
        self.0.moves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What `work` saves is written down here.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Also after a panic.
        struct Outer(Option<Journal>);

        impl Drop for Outer {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }

        let _outer = Outer(CURRENT.replace(Some(self.clone())));
        work()
    }

    /// [`during`](Self::during), while the future is polled.
    #[cfg(feature = "async")]
    pub(crate) async fn during_polls<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        std::future::poll_fn(|context| self.during(|| future.as_mut().poll(context))).await
    }

    /// Whether the row was written in it whatever version was in memory.
    pub(crate) fn has_made<M: OptimisticLock>(&self, row: &M) -> bool {
        let (model, key) = (TypeId::of::<M::StatementId>(), Mark::of_key(row));
        self.moves().iter().any(|one| one.is_new && one.model == model && one.key == key)
    }

    /// Puts the version of the row back, over each step that has led to it of a row with such a key; `false` if there is none.
    /// `take` gives a version that is equal, where there is one to spare: to clone is the user's code.
    pub(crate) fn undo<M>(
        &self,
        row: &mut M,
        is_key: impl Fn(&Mark) -> bool,
        take: impl FnOnce(&M::Version) -> Option<M::Version>,
    ) -> bool
    where
        M: OptimisticLock<Version: Clone>,
    {
        let (model, moves) = (TypeId::of::<M::StatementId>(), self.moves());
        let (own, mut first) = (Mark::of_version(row), None::<&Move>);
        for one in moves.iter().rev().filter(|one| one.model == model) {
            if is_key(&one.key) && one.to == *first.map_or(&own, |first| &first.before) {
                first = Some(one);
            }
        }
        let from = first.and_then(|first| first.from.downcast_ref::<M::Version>());
        if let Some(from) = from {
            row.set_version(take(from).unwrap_or_else(|| from.clone()));
        }
        from.is_some()
    }

    /// The transaction is over. If it was one within another, that may still be rolled back.
    pub(crate) fn hand_on(&self) {
        if let Some(outer) = &self.0.outer {
            outer.moves().append(&mut self.moves());
        }
    }
}

/// A transaction without values that are to be put back.
#[cfg(feature = "retry")]
pub(crate) struct Running {
    pub(crate) journal: Journal,
    ending: Ending,
}

#[cfg(feature = "retry")]
impl Running {
    /// One that ends so if it is dropped.
    pub(crate) fn of(journal: Journal, if_dropped: Ending) -> Self {
        Self { journal, ending: if_dropped }
    }

    /// What it has come to.
    pub(crate) fn ends<T, E>(mut self, outcome: Result<T, E>, is_good: bool) -> Result<T, E> {
        self.ending = Ending::of(&outcome, is_good);
        outcome
    }
}

#[cfg(feature = "retry")]
impl Drop for Running {
    fn drop(&mut self) {
        self.journal.ends(self.ending);
    }
}

#[cfg(test)]
mod tests {
    use super::{Ending, Journal, runs_on};

    #[test]
    fn an_error_on_a_good_connection_is_a_rollback() {
        assert_eq!(Ending::of(&Ok::<_, ()>(()), true), Ending::Committed);
        assert_eq!(Ending::of(&Ok::<_, ()>(()), false), Ending::Committed);
        assert_eq!(Ending::of(&Err::<(), _>(()), true), Ending::RolledBack);
        assert_eq!(Ending::of(&Err::<(), _>(()), false), Ending::Unknown);
    }

    #[test]
    fn a_transaction_is_itself_and_runs_on_its_connection() {
        let conns = [1, 2];
        let (one, other) = (Journal::of(&conns[0], 0, 1), Journal::of(&conns[0], 0, 1));
        assert!(one.is(&one.clone()) && !one.is(&other));
        assert!(!runs_on(&conns[0]));
        one.during(|| assert!(runs_on(&conns[0]) && !runs_on(&conns[1])));
        assert!(!runs_on(&conns[0]));
    }
}
