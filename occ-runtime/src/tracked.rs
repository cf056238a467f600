//! A value that remembers what it was loaded as.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::backend::Backend;
use diesel::deserialize::{self, Queryable};
use diesel::expression::Selectable;

use crate::fields::{Field, Fields, Rule, fields};
use crate::journal::{Ending, Journal};
use crate::loaded::Check as _;
use crate::statement::Changed;
use crate::versioned_values::{VersionedValues, Versions, number};

/// A value and what it was loaded as: so that a save writes what was changed, and two people's changes can be merged.
///
/// For a struct with `#[occ(tracked)]`. It is loaded as the struct itself is, and derefs to it; the methods are in
/// [`TrackedDsl`](crate::TrackedDsl).
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// use occ_runtime::Tracked;
#[doc = include_str!("example_tracked.txt")]
/// # let conn = &mut connection();
///
/// let mut article = articles::table.find(1).select(Tracked::<Article>::as_select()).first(conn)?;
/// article.title = "Locks".into();
/// assert_eq!(article.dirty_fields(), ["title"]);
/// assert_eq!(article.original().title, "Doors");
/// article.save_optimistic(conn)?; // UPDATE articles SET title = ?, version = ? WHERE id = ? AND version = ?
/// assert!(!article.is_dirty());
/// # Ok::<_, Error>(())
/// ```
///
/// # What counts as a change
///
/// A field that is not equal (`PartialEq`) to what was loaded. A float that was NaN and still is does not count, also within a
/// type that has `Debug`: a newtype, an `Option`, a `Vec`.
/// Fields that a save never writes (`skip_update`, `#[occ(unversioned)]`, and a `None` that leaves its column alone) do not
/// count, and a rebase makes them the row's. An embedded struct is one field: its columns are written together. Where a key
/// field was changed, the value means another row, and a save writes all of its columns.
///
/// # Without a version
///
/// A struct with `#[occ(check = dirty)]` or `#[occ(check = all)]` has no version, and is written only as `Tracked`: a save and a
/// delete compare what was loaded. See [`Loaded`](crate::Loaded).
///
/// # What else changes it
///
/// Other methods are the struct's own. `touch_optimistic` moves only the version; those that write the whole value, such as
/// `save_optimistic_if`, leave [`original`](Self::original) behind, and the next save writes the same columns once more.
///
/// # Transactions
///
/// Handed to [`optimistic_transaction`](crate::optimistic_transaction) or `RetryPolicy::run_with`, it gets its version and its
/// original back when the transaction is rolled back: what was edited is to be saved again. If the closure has merged it
/// (`rebase`), reloaded it or put another one in its place, it is put back whole, since then more than my edits is in it.
///
/// Saved in a transaction of occ's without being handed over, it learns how that has ended.
///
/// Saved in a plain transaction it cannot know how that ends. So the next save, delete or rebase looks first, with a SELECT
/// or two: if the row is as it was written, it goes on from there; if it is as it was before, the transaction was rolled back,
/// and everything that was edited since then is written (again). If the row is neither, it is
/// [`Error::Stale`](crate::Error::Stale): nobody can tell whose the row is by now, and a reload is the way on. So it is where a
/// row that is as it was written may be somebody else's: after a change of a field with `merge = add` under a version that is
/// a number, and in a struct with an embedded one, whose columns cannot be compared. Columns that keep something else than
/// what was sent (a `numeric` that rounds, a trigger) look like somebody's as well.
#[derive(Clone)]
pub struct Tracked<T> {
    pub(crate) value: T,
    pub(crate) original: T,
    unsettled: Option<Box<Unsettled<T>>>,
    /// Tells it from others, and from what it was before it was read anew.
    reading: u64,
    /// The fields that were written since then. The row may hold something else than what was sent.
    sent: Vec<&'static str>,
}

fn next_reading() -> u64 {
    static READINGS: AtomicU64 = AtomicU64::new(0);
    READINGS.fetch_add(1, Ordering::Relaxed)
}

/// There was a write in a transaction whose end is not known.
#[derive(Clone)]
struct Unsettled<T> {
    /// What was in the row before it.
    before: T,
    /// The transaction of occ's that it was written in, which knows how it has ended.
    within: Option<Journal>,
}

/// What a value is written in.
pub(crate) enum Within {
    Nothing,
    /// One of occ's, if it is known.
    Transaction(Option<Journal>),
}

impl Within {
    pub(crate) fn of<C>(conn: &C, depth: u32) -> Self {
        if depth == 0 { Self::Nothing } else { Self::Transaction(Journal::at(conn, depth)) }
    }
}

/// What has become of a write whose transaction nobody has seen end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Settled {
    Stored,
    RolledBack,
}

/// Equal if the values are, and what they were loaded as.
impl<T: Fields + PartialEq> PartialEq for Tracked<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value && self.original == other.original
    }
}

impl<T: Fields + Eq> Eq for Tracked<T> {}

impl<T: Fields> Tracked<T> {
    /// Remembers `value` as what is in the row.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self { original: value.clone(), value, unsettled: None, reading: next_reading(), sent: Vec::new() }
    }

    /// What is in the row, as far as it is known: what was loaded, or last saved or rebased onto.
    #[must_use]
    pub fn original(&self) -> &T {
        &self.original
    }

    /// Whether a save would write something.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        fields::<T>().any(|field| field.is_changed(&self.original, &self.value))
    }

    /// The names of the fields that a save would write, in their order; those of a tuple struct are numbers.
    #[must_use]
    pub fn dirty_fields(&self) -> Vec<&'static str> {
        let changed = fields::<T>().filter(|field| field.is_changed(&self.original, &self.value));
        changed.map(|field| field.name()).collect()
    }

    /// The value alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// What a save has to write.
    pub(crate) fn changed(&self) -> Changed {
        Changed::between(&self.original, &self.value)
    }

    /// The row has become `written`, a copy of the value of which these fields were sent, at the version `next`, where it has
    /// one; in `transaction`, if there is one.
    pub(crate) fn saved(
        &mut self,
        mut written: T,
        sent: Vec<&'static str>,
        next: Option<T::Version>,
        transaction: Within,
    ) {
        if let Some(next) = next {
            written.set_version(next.clone());
            self.value.set_version(next);
        }
        let before = std::mem::replace(&mut self.original, written);
        self.sent.extend(sent.into_iter().filter(|field| !self.was_sent(field)).collect::<Vec<_>>());
        self.unsettled = match (transaction, self.unsettled.take()) {
            (Within::Nothing, _) => None,
            (Within::Transaction(within), None) => Some(Box::new(Unsettled { before, within })),
            (Within::Transaction(within), Some(mut unsettled)) => {
                // Where it was written in two, neither knows of the other.
                let is_same = |first: &Journal| within.as_ref().is_some_and(|second| first.is(second));
                unsettled.within = unsettled.within.filter(is_same);
                Some(unsettled)
            }
        };
    }

    /// Whether the row may hold something else of the field than what the original has.
    pub(crate) fn was_sent(&self, field: &str) -> bool {
        self.sent.contains(&field)
    }

    /// What has become of the last write, if that is known: not of one in a transaction that occ has not begun.
    pub(crate) fn known(&self) -> Option<Settled> {
        let Some(unsettled) = &self.unsettled else { return Some(Settled::Stored) };
        match unsettled.within.as_ref()?.ending() {
            Ending::Open | Ending::Committed => Some(Settled::Stored),
            Ending::RolledBack => Some(Settled::RolledBack),
            Ending::Unknown => None,
        }
    }

    /// Whether a row that looks like what was written may have been made so by somebody else, and mine is still to be added:
    /// if both have counted up by one, both are at the next version, and the row is as either has left it.
    pub(crate) fn may_be_somebody_elses(&self) -> bool {
        let Some(before) = self.before() else { return false };
        let adds = |field: &Field<T>| matches!(field.merge_rule(), Rule::Add(_));
        let counts = !T::Check::BY_VERSION || number(self.value.version()).is_some();
        counts && fields::<T>().any(|field| adds(&field) && !field.is_same(before, &self.original))
    }

    /// What was in the row before that.
    pub(crate) fn before(&self) -> Option<&T> {
        self.unsettled.as_ref().map(|unsettled| &unsettled.before)
    }

    /// What the row holds and its version, given what has become of that write.
    pub(crate) fn stored(&self, settled: Settled) -> (&T, &T::Version) {
        match (settled, self.before()) {
            (Settled::RolledBack, Some(before)) => (before, before.version()),
            _ => (&self.original, self.value.version()),
        }
    }

    fn is_committed(&self) -> bool {
        let within = self.unsettled.as_ref().and_then(|unsettled| unsettled.within.as_ref());
        within.is_some_and(|journal| journal.ending() == Ending::Committed)
    }

    /// Takes over what has become of that write; `depth` transactions are still open.
    pub(crate) fn settle(&mut self, settled: Settled, depth: u32) {
        match settled {
            Settled::RolledBack => {
                if let Some(unsettled) = self.unsettled.take() {
                    self.value.set_version(unsettled.before.version().clone());
                    self.original = unsettled.before;
                }
            }
            // It is as uncommitted as before while its transaction may be the one that is open.
            Settled::Stored if depth > 0 && !self.is_committed() => {}
            Settled::Stored => self.unsettled = None,
        }
    }

    /// The same value on what is in the row now; `depth` transactions are open.
    pub(crate) fn onto(&mut self, value: T, row: T, depth: u32) {
        self.value = value;
        self.original = row;
        self.reading = next_reading();
        self.sent.clear();
        if depth == 0 {
            self.unsettled = None;
        }
    }
}

impl<T: Fields> Deref for Tracked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Fields> DerefMut for Tracked<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// Shows the fields, each changed one with what it was. Without those that are `#[occ(secret)]`.
#[allow(
    clippy::missing_fields_in_debug,
    reason = "what is shown is the value, and not what occ knows of its writes"
)]
impl<T: Fields> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Tracked");
        shown.field("table", &T::table_name()).field("version", self.value.version());
        for field in fields::<T>() {
            let (now, before) = (field.text(&self.value), field.text(&self.original));
            if field.is_same(&self.original, &self.value) {
                shown.field(field.name(), &format_args!("{now}"));
            } else {
                shown.field(field.name(), &format_args!("{now} (was {before})"));
            }
        }
        shown.finish()
    }
}

impl<T, ST, DB> Queryable<ST, DB> for Tracked<T>
where
    T: Queryable<ST, DB> + Fields,
    DB: Backend,
{
    type Row = T::Row;

    fn build(row: Self::Row) -> deserialize::Result<Self> {
        T::build(row).map(Self::new)
    }
}

impl<T, DB> Selectable<DB> for Tracked<T>
where
    T: Selectable<DB>,
    DB: Backend,
{
    type SelectExpression = T::SelectExpression;

    fn construct_selection() -> Self::SelectExpression {
        T::construct_selection()
    }
}

/// Puts back the version, and what the value was loaded as; or all of it, where more than the saves of the closure is in it.
#[diagnostic::do_not_recommend]
impl<T> VersionedValues for &mut Tracked<T>
where
    T: Fields + 'static,
{
    type Borrowed<'r> = &'r mut Tracked<T>;
    type Saved = Tracked<T>;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, _: &mut Versions) -> Self::Saved {
        (**self).clone()
    }

    fn restore(&mut self, saved: Self::Saved, _: &Versions) {
        let this = &mut **self;
        if this.reading == saved.reading {
            // Only written meanwhile: the edits stay, and are to be saved again.
            this.value.set_version(saved.value.version().clone());
            this.original = saved.original;
            this.unsettled = saved.unsettled;
            this.sent = saved.sent;
        } else {
            // Merged, read anew or another one: what is in it is not only mine.
            *this = saved;
        }
    }
}
