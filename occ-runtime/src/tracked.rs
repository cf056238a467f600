//! A value that remembers what it was loaded as.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::backend::Backend;
use diesel::deserialize::{self, Queryable};
use diesel::expression::Selectable;

use crate::error::Error;
use crate::fields::{Field, Fields, Rule, fields};
use crate::journal::{Ending, Journal};
use crate::loaded::Check as _;
use crate::statement::Changed;
use crate::versioned_values::{VersionedValues, Versions, is_unique};

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
/// `save_optimistic_if`, leave [`original`](Self::original) behind, and the next save writes the same columns once more. What they
/// write in a plain transaction is not looked for after it: reload the value if that is rolled back.
///
/// # A write whose answer was lost
///
/// A dropped future, a connection that breaks: nobody knows whether the row was written. If it was, the next save is refused. A
/// rebase then takes nothing that differs for certain: such fields, and each change of one with `merge = add`, are reported in
/// [`Error::Unmerged`](crate::Error::Unmerged), to be decided with `rebase_with`. A reload is the other way on.
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
/// row that is as it was written may be somebody else's, and that matters: after a change of a field with `merge = add`, if two can
/// come to the same version (a UUID is nobody else's), and in a struct with an embedded one, whose columns cannot be compared.
/// Columns that keep something else than what was sent (a `numeric` that rounds, an `f32` of SQLite's that was written in SQL, a
/// trigger) look like somebody's as well.
#[derive(Clone)]
pub struct Tracked<T> {
    pub(crate) value: T,
    pub(crate) original: T,
    unsettled: Option<Box<Unsettled<T>>>,
    /// Something was sent, and nobody has heard what has become of it.
    in_doubt: bool,
    /// Tells it from others, and from what it was before it was read anew or written for good.
    reading: u64,
    /// The writes since then, each of them with a number of its own.
    writes: Vec<u64>,
    /// The fields that were written since it was read. The row may hold something else than what was sent.
    sent: Vec<&'static str>,
}

fn next_number() -> u64 {
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

/// There was a write in a transaction whose end is not known.
#[derive(Clone)]
struct Unsettled<T> {
    /// What was in the row before it.
    before: T,
    /// How many of the fields had been sent before it.
    sent_before: usize,
    /// The row was read since then: what is edited is so against what it held.
    is_read_since: bool,
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
        Self {
            original: value.clone(),
            value,
            unsettled: None,
            in_doubt: false,
            reading: next_number(),
            writes: Vec::new(),
            sent: Vec::new(),
        }
    }

    /// What is in the row, as far as it is known: what was loaded, or last saved or rebased onto, and not rolled back.
    #[must_use]
    pub fn original(&self) -> &T {
        self.stored(self.known().unwrap_or(Settled::Stored)).0
    }

    /// Whether a save would write something.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        let original = self.original();
        fields::<T>().any(|field| field.is_changed(original, &self.value))
    }

    /// The names of the fields that a save would write, in their order; those of a tuple struct are numbers.
    #[must_use]
    pub fn dirty_fields(&self) -> Vec<&'static str> {
        self.changed_since(self.original())
    }

    /// The value alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    fn changed_since(&self, base: &T) -> Vec<&'static str> {
        fields::<T>().filter(|field| field.is_changed(base, &self.value)).map(|field| field.name()).collect()
    }

    /// What a save has to write, as the row holds this.
    pub(crate) fn changed(&self, stored: &T) -> Changed {
        Changed::between(stored, &self.value)
    }

    /// Mine and what it was made from, to be compared with the row.
    pub(crate) fn sides(&self) -> (T, T) {
        let settled = self.known().unwrap_or(Settled::Stored);
        (self.to_write(settled).0, self.stored(settled).0.clone())
    }

    /// The value at the version that the row has, and the fields of it that are sent.
    pub(crate) fn to_write(&self, settled: Settled) -> (T, Vec<&'static str>) {
        let (base, version) = self.stored(settled);
        let mut written = self.value.clone();
        if settled == Settled::RolledBack {
            written.set_version(version.clone());
        }
        (written, self.changed_since(base))
    }

    /// Something is sent. Returns whether there was something before of which nobody has heard.
    pub(crate) fn sends(&mut self) -> bool {
        std::mem::replace(&mut self.in_doubt, true)
    }

    /// It was refused: what was in doubt before still is, and where the connection was lost this is too.
    pub(crate) fn is_refused(&mut self, was_in_doubt: bool, error: &Error) {
        self.in_doubt = was_in_doubt || error.needs_new_connection();
    }

    pub(crate) fn is_in_doubt(&self) -> bool {
        self.in_doubt
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
        // Its check has held, so that nothing that was sent before has been written.
        self.in_doubt = false;
        let before = std::mem::replace(&mut self.original, written);
        let sent_before = self.sent.len();
        self.sent.extend(sent.into_iter().filter(|field| !self.sent.contains(field)).collect::<Vec<_>>());
        let Within::Transaction(within) = transaction else {
            self.unsettled = None;
            self.reading = next_number();
            self.writes.clear();
            return;
        };
        self.writes.push(next_number());
        self.unsettled = Some(match self.unsettled.take() {
            None => Box::new(Unsettled { before, sent_before, is_read_since: false, within }),
            Some(mut unsettled) => {
                // Where it was written in two, neither knows of the other.
                let is_same = |first: &Journal| within.as_ref().is_some_and(|second| first.is(second));
                unsettled.within = unsettled.within.filter(is_same);
                unsettled.is_read_since = false;
                unsettled
            }
        });
    }

    /// Whether the row may hold something else of the field than what the original has.
    pub(crate) fn was_sent(&self, field: &str) -> bool {
        let sent = match (&self.unsettled, self.known()) {
            (Some(unsettled), Some(Settled::RolledBack)) => {
                &self.sent[..unsettled.sent_before.min(self.sent.len())]
            }
            _ => &self.sent[..],
        };
        sent.contains(&field)
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
        let Some(unsettled) = self.unsettled.as_ref().filter(|unsettled| !unsettled.is_read_since) else {
            return false;
        };
        let before = &unsettled.before;
        let adds = |field: &Field<T>| matches!(field.merge_rule(), Rule::Add(_));
        let is_shared = !T::Check::BY_VERSION || !is_unique::<T::Version>();
        is_shared && fields::<T>().any(|field| adds(&field) && !field.is_same(before, &self.original))
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
                // The user's code, which may panic: first.
                let version = self.before().map(|before| before.version().clone());
                if let Some((unsettled, version)) = self.unsettled.take().zip(version) {
                    self.value.set_version(version);
                    self.original = unsettled.before;
                    self.sent.truncate(unsettled.sent_before);
                }
            }
            // It is as uncommitted as before while its transaction may be the one that is open.
            Settled::Stored if depth > 0 && !self.is_committed() => {}
            Settled::Stored => self.unsettled = None,
        }
    }

    /// The same value on what is in the row now; `depth` transactions are open.
    pub(crate) fn onto(&mut self, value: T, row: T, depth: u32) {
        let may_be_open = |unsettled: &Unsettled<T>| match unsettled.within.as_ref().map(Journal::ending) {
            Some(Ending::Open) => true,
            Some(Ending::Committed | Ending::RolledBack) => false,
            // If it is at another version, it is not as it was written.
            Some(Ending::Unknown) | None => row.version() == self.value.version(),
        };
        let stays = depth > 0 && self.unsettled.as_deref().is_some_and(may_be_open);
        self.value = value;
        self.original = row;
        self.in_doubt = false;
        self.reading = next_number();
        self.writes.clear();
        self.sent.clear();
        match &mut self.unsettled {
            Some(unsettled) if stays => {
                unsettled.is_read_since = true;
                unsettled.sent_before = 0;
            }
            unsettled => *unsettled = None,
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
    /// What is known to be rolled back is so before the struct's own methods see it.
    fn deref_mut(&mut self) -> &mut T {
        if self.unsettled.is_some() && self.known() == Some(Settled::RolledBack) {
            self.settle(Settled::RolledBack, 0);
        }
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
        let original = self.original();
        for field in fields::<T>() {
            let (now, before) = (field.text(&self.value), field.text(original));
            if field.is_same(original, &self.value) {
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
    type Saved = (Tracked<T>, T::Version);

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, _: &mut Versions) -> Self::Saved {
        ((**self).clone(), self.value.version().clone())
    }

    fn restore(&mut self, (saved, version): Self::Saved, versions: &Versions) {
        let this = &mut **self;
        let is_written = this.writes.len() > saved.writes.len();
        let is_descendant = this.reading == saved.reading && this.writes.starts_with(&saved.writes);
        // The user's code may panic here, perhaps while it is panicking already.
        let is_same_row =
            catch_unwind(AssertUnwindSafe(|| this.value.has_key_of(&saved.value))).unwrap_or(false);
        if is_descendant && is_same_row {
            // Only written meanwhile: the edits stay, and are to be saved again.
            this.value.set_version(version);
            this.original = saved.original;
            this.unsettled = saved.unsettled;
            this.writes = saved.writes;
            this.sent = saved.sent;
            this.in_doubt = saved.in_doubt;
        } else {
            // Merged, read anew or another one: what is in it is not only mine.
            *this = saved;
        }
        this.in_doubt |= versions.are_in_doubt() && (is_written || !is_descendant);
    }
}
