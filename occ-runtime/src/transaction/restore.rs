//! Values that are handed to a transaction, and put back when it is rolled back.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashSet;
use std::iter;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use crate::model::optimistic_lock::OptimisticLock;
use crate::transaction::journal::{Ending, Journal, Mark};
use crate::transaction::unanswered;
use crate::version::order::is_later;

/// Values whose versions a transaction takes care of: a `&mut` to a model or a [`Tracked`](crate::Tracked) one, to a slice or a
/// `Vec` of either, or a tuple of up to eight such. The models own their fields.
///
/// In a slice or a `Vec` each value is known by its row, so that it can be sorted and swapped. Of a `Vec` from which the closure takes
/// values, or to which it adds some, those that are in it at the end are put back: one that has come to it gets the version that
/// it had before its saves in the closure. One that was taken out is not put back.
///
/// ```
/// use occ_runtime::Restorable;
///
/// fn is_versioned<V: Restorable>() {}
/// # use occ_runtime::prelude::*;
/// # diesel::table! { products (id) { id -> Integer, version -> Integer } }
/// # #[derive(OptimisticLock)]
/// # struct Product { id: i32, version: i32 }
/// is_versioned::<&mut Product>();
/// is_versioned::<(&mut Product, &mut [Product])>();
/// is_versioned::<&mut Vec<Product>>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value whose version can be put back after a rollback",
    label = "not the `&mut` of a model",
    note = "it is the second argument: `optimistic_transaction(conn, &mut product, |conn, product| ..)`; for several values, a tuple or a \
            `&mut` slice"
)]
pub trait Restorable {
    /// What the closure of the transaction gets.
    // Without `where Self: 'r`, which would make a closure for every `'r` demand `Self: 'static`.
    type Borrowed<'r>;

    #[doc(hidden)]
    type Saved;

    #[doc(hidden)]
    fn borrow(&mut self) -> Self::Borrowed<'_>;

    #[doc(hidden)]
    fn save(&self, versions: &mut Versions) -> Self::Saved;

    #[doc(hidden)]
    fn restore(&mut self, saved: Self::Saved, versions: &Versions);

    // The compiler asks for `where Self: 'a` on an associated type whose every use borrows `self`. This use does not, which
    // turns that rule off; with the bound, closures would need `Self: 'static`.
    #[doc(hidden)]
    fn __unbound(_: Self::Borrowed<'_>) {}
}

/// The versions of the rows that were handed to a transaction, and which of them it has advanced. Values can be sorted,
/// swapped and moved in it, so each gets the version of its row and not of its place.
#[doc(hidden)]
#[derive(Debug)]
pub struct Versions {
    rows: Vec<VersionOfRow>,
    /// None before the transaction has begun.
    journal: Option<Journal>,
    ending: Ending,
    /// The first panic of the user's code while the versions were put back.
    panic: RefCell<Option<Box<dyn Any + Send>>>,
}

#[derive(Debug)]
struct VersionOfRow {
    model: TypeId,
    key: Mark,
    version: Box<dyn Any + Send + Sync>,
    /// Another one, to be given away: to clone is the user's code, which may panic.
    spare: RefCell<Option<Box<dyn Any + Send + Sync>>>,
}

impl Versions {
    fn new(if_dropped: Ending) -> Self {
        Self { rows: Vec::new(), journal: None, ending: if_dropped, panic: RefCell::default() }
    }

    /// Whether the transaction may have been committed all the same.
    pub(crate) fn are_in_doubt(&self) -> bool {
        self.ending == Ending::Unknown
    }

    /// Where it is from now on.
    fn add<M>(&mut self, row: &M) -> usize
    where
        M: OptimisticLock<Version: Clone> + 'static,
    {
        let copy = || -> Box<dyn Any + Send + Sync> { Box::new(row.version().clone()) };
        let (model, version, spare) = (TypeId::of::<M>(), copy(), RefCell::new(Some(copy())));
        self.rows.push(VersionOfRow { model, key: Mark::of_key(row), version, spare });
        self.rows.len() - 1
    }

    /// Moves the version back over the saves of the transaction, for the row that is now where the row at `place` was.
    ///
    /// If it is another one then than was handed over, the closure has put another copy there, and nobody knows of when. Its
    /// content must never get a newer version than its own, or it would pass for the present row. So it keeps its version,
    /// unless that is a later one than the one that was handed over. Of two copies of one row, the version that the copy
    /// still has is its own. One whose key nobody has saved under may be any row whose key was changed: it goes back over
    /// whatever saves have led to its version.
    ///
    /// What has come to a `Vec` may have no place, and goes back over its own saves: `keys` are those of the values beside it,
    /// whose saves are theirs.
    fn put_back<M>(&self, row: &mut M, place: Option<usize>, keys: &HashSet<Mark>)
    where
        M: OptimisticLock<Version: Clone> + 'static,
    {
        let in_doubt = self.are_in_doubt().then(|| {
            catch_unwind(AssertUnwindSafe(|| {
                let is_made = self.journal.as_ref().is_some_and(|journal| journal.has_made(row));
                (row.version().clone(), is_made)
            }))
        });
        self.put_back_although_it_panics(row, place, keys);
        if let Some(Ok((ahead, is_made))) = in_doubt {
            unanswered::is_in_doubt(row, ahead, !is_made);
        }
    }

    fn put_back_although_it_panics<M>(&self, row: &mut M, place: Option<usize>, keys: &HashSet<Mark>)
    where
        M: OptimisticLock<Version: Clone> + 'static,
    {
        // The user's code may panic here, perhaps while it is panicking already: that must not keep the others from being put
        // back, nor the value ahead of its row. What is done once is not done again.
        for _ in 0..TRIES {
            match catch_unwind(AssertUnwindSafe(|| self.try_put_back(row, place, keys))) {
                Ok(()) => return,
                Err(panic) => {
                    self.panic.borrow_mut().get_or_insert(panic);
                }
            }
        }
        let _ = catch_unwind(AssertUnwindSafe(|| set_first_version(row)));
    }

    fn try_put_back<M>(&self, row: &mut M, place: Option<usize>, keys: &HashSet<Mark>)
    where
        M: OptimisticLock<Version: Clone> + 'static,
    {
        let (model, key) = (TypeId::of::<M>(), Mark::of_key(row));
        let of_the_row = |index: &usize| {
            let saved = &self.rows[*index];
            saved.model == model && saved.key == key
        };
        let version = |index: usize| self.rows[index].version.downcast_ref::<M::Version>();
        let places: Vec<usize> = (0..self.rows.len()).filter(of_the_row).collect();
        let is_as_handed_over = |row: &M| places.iter().any(|&index| version(index) == Some(row.version()));
        let spare = |version: &M::Version| self.spare::<M>(version, place);
        if let Some(journal) = &self.journal {
            let is_saved = journal.undo(row, |saved| *saved == key, spare);
            if !is_as_handed_over(row) {
                let has_come = is_saved && places.is_empty();
                journal.undo(row, |saved| !(has_come && keys.contains(saved)), spare);
            }
        }
        if is_as_handed_over(row) {
            return;
        }
        let own = places.iter().find(|&&index| Some(index) == place);
        if let Some(version) = own.or(places.last()).and_then(|&index| version(index)) {
            if is_later::<M::Version, M::Generator>(row.version(), version) {
                row.set_version(spare(version).unwrap_or_else(|| version.clone()));
            }
        }
    }

    /// A version equal to this one, if possible that of the place.
    fn spare<M>(&self, version: &M::Version, place: Option<usize>) -> Option<M::Version>
    where
        M: OptimisticLock + 'static,
    {
        let is_equal = |index: &usize| {
            let saved = &self.rows[*index];
            let is_there = saved.model == TypeId::of::<M>() && saved.spare.borrow().is_some();
            is_there && saved.version.downcast_ref::<M::Version>() == Some(version)
        };
        let index = place.into_iter().chain(0..self.rows.len()).find(is_equal)?;
        let spare = self.rows[index].spare.take()?;
        spare.downcast::<M::Version>().ok().map(|spare| *spare)
    }
}

/// None where the user's code panics.
fn keys_of<M: OptimisticLock>(rows: &[M]) -> HashSet<Mark> {
    catch_unwind(AssertUnwindSafe(|| rows.iter().map(Mark::of_key).collect())).unwrap_or_default()
}

/// How often a value is put back, if the user's code panics in it.
const TRIES: usize = 3;

/// Of a value that is not known by anything any more: it may be another copy than the one that was handed over, so that it must
/// not get the version of that one. The first version is no later one than its own, and no other content is at it.
fn set_first_version<M>(row: &mut M)
where
    M: OptimisticLock<Version: Clone> + 'static,
{
    let first = M::initial_version();
    let is_before = || !is_later::<M::Version, M::Generator>(row.version(), &first);
    if !catch_unwind(AssertUnwindSafe(is_before)).unwrap_or(false) {
        row.set_version(first);
    }
}

#[diagnostic::do_not_recommend]
impl<M> Restorable for &mut M
where
    M: OptimisticLock<Version: Clone> + 'static,
{
    type Borrowed<'r> = &'r mut M;
    type Saved = usize;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, versions: &mut Versions) -> Self::Saved {
        versions.add(&**self)
    }

    fn restore(&mut self, place: Self::Saved, versions: &Versions) {
        versions.put_back(&mut **self, Some(place), &HashSet::new());
    }
}

#[diagnostic::do_not_recommend]
impl<M> Restorable for &mut [M]
where
    M: OptimisticLock<Version: Clone> + 'static,
{
    type Borrowed<'r> = &'r mut [M];
    type Saved = Vec<usize>;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, versions: &mut Versions) -> Self::Saved {
        self.iter().map(|model| versions.add(model)).collect()
    }

    fn restore(&mut self, places: Self::Saved, versions: &Versions) {
        let keys = keys_of(self);
        for (model, place) in self.iter_mut().zip(places) {
            versions.put_back(model, Some(place), &keys);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<M> Restorable for &mut Vec<M>
where
    M: OptimisticLock<Version: Clone> + 'static,
{
    type Borrowed<'r> = &'r mut Vec<M>;
    type Saved = Vec<usize>;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, versions: &mut Versions) -> Self::Saved {
        self.iter().map(|model| versions.add(model)).collect()
    }

    fn restore(&mut self, places: Self::Saved, versions: &Versions) {
        // What has come to it has had no place before.
        let places = places.into_iter().map(Some).chain(iter::repeat(None));
        let keys = keys_of(self);
        for (model, place) in self.iter_mut().zip(places) {
            versions.put_back(model, place, &keys);
        }
    }
}

/// Nothing is handed over: what is saved in the transaction is loaded in it.
#[diagnostic::do_not_recommend]
impl Restorable for () {
    type Borrowed<'r> = ();
    type Saved = ();

    fn borrow(&mut self) -> Self::Borrowed<'_> {}

    fn save(&self, _: &mut Versions) -> Self::Saved {}

    fn restore(&mut self, (): Self::Saved, _: &Versions) {}
}

macro_rules! tuples_are_versioned_values {
    ($($value:ident $index:tt),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($value: Restorable),+> Restorable for ($($value,)+) {
            type Borrowed<'r> = ($($value::Borrowed<'r>,)+);
            type Saved = ($($value::Saved,)+);

            fn borrow(&mut self) -> Self::Borrowed<'_> {
                ($(self.$index.borrow(),)+)
            }

            fn save(&self, versions: &mut Versions) -> Self::Saved {
                ($(self.$index.save(versions),)+)
            }

            fn restore(&mut self, saved: Self::Saved, versions: &Versions) {
                $(self.$index.restore(saved.$index, versions);)+
            }
        }
    };
}

tuples_are_versioned_values!(A 0);
tuples_are_versioned_values!(A 0, B 1);
tuples_are_versioned_values!(A 0, B 1, C 2);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// Puts the versions back when it is dropped, be it by `?`, by a panic or with the future around it.
pub(crate) struct Restore<'v, V: Restorable> {
    values: &'v mut V,
    versions: Versions,
    saved: Option<V::Saved>,
}

impl<'v, V: Restorable> Restore<'v, V> {
    /// Of a transaction that ends so if it is dropped.
    pub(crate) fn new(values: &'v mut V, if_dropped: Ending) -> Self {
        let mut versions = Versions::new(if_dropped);
        let saved = Some(values.save(&mut versions));
        Self { values, versions, saved }
    }

    pub(crate) fn borrow(&mut self) -> V::Borrowed<'_> {
        self.values.borrow()
    }

    /// Where the saves of the transaction are to be written down, which has begun when `before` were open.
    pub(crate) fn journal<C>(&mut self, conn: &C, before: u32, depth: u32) -> Journal {
        self.versions.journal.insert(Journal::of(conn, before, depth)).clone()
    }

    /// The transaction is over. If it has committed, the versions are what they are.
    pub(crate) fn end<T, E>(mut self, outcome: Result<T, E>, is_good: bool) -> Result<T, E> {
        self.versions.ending = Ending::of(&outcome, is_good);
        if outcome.is_ok() {
            self.saved = None;
        }
        outcome
    }
}

impl<V: Restorable> Drop for Restore<'_, V> {
    fn drop(&mut self) {
        if let Some(saved) = self.saved.take() {
            self.values.restore(saved, &self.versions);
        }
        if let Some(journal) = &self.versions.journal {
            journal.ends(self.versions.ending);
            journal.hand_on();
        }
        if let Some(panic) = self.versions.panic.take().filter(|_| !thread::panicking()) {
            resume_unwind(panic);
        }
    }
}
