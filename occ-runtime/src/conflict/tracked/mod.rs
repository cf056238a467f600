//! A value that remembers what it was loaded as.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::backend::Backend;
use diesel::deserialize;
use diesel::deserialize::Queryable;
use diesel::expression::Selectable;

use crate::conflict::tracked::unsettled::{Place, Settled};
use crate::model::fields::{Trackable, fields};
use crate::statement::changed::Changed;
use crate::transaction::journal::Journal;

mod edit;
mod settling;
#[cfg(feature = "serde")]
mod stored;
mod together;
pub(crate) mod unsettled;
mod writes;

/// A value and what it was loaded as: so that a save writes what was changed, and two people's changes can be merged.
///
/// For a struct with `#[occ(tracked)]`. It is loaded as the struct itself is, and derefs to it; the methods are in
/// [`TrackedDsl`](crate::TrackedDsl), and in [`TrackedBatchDsl`](crate::TrackedBatchDsl) for many at once.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// use occ_runtime::Tracked;
#[doc = include_str!("../../example_tracked.txt")]
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
/// type that has `Debug`: a newtype, an `Option`, a `Vec`. A float, an `Option` or a `Vec` of them that only gets another zero,
/// -0.0 for 0.0, does count. Any other type is taken at its word: where its `==` takes different values for the same (a decimal of
/// another scale, a text without regard to case), a change from one to the other is none, and is not saved.
/// Fields that a save never writes (`skip_update`, `#[occ(unversioned)]`, and a `None` that leaves its column alone) do not
/// count, and a rebase makes them the row's. An embedded struct is one field: its columns are written together. Where a key
/// field was changed, the value means another row, and a save writes all of its columns.
///
/// # Without a version
///
/// A struct with `#[occ(check = dirty)]` or `#[occ(check = all)]` has no version, and is written only as `Tracked`: a save and a
/// delete compare what was loaded. See [`NoVersion`](crate::NoVersion).
///
/// # What else changes it
///
/// Other methods are the struct's own. `touch_optimistic` moves only the version; those that write the whole value, such as
/// `save_optimistic_if`, leave [`original`](Self::original) behind, and the next save writes the same columns once more. What they
/// write in a transaction that the value is not handed to is not looked for after it: reload the value if that is rolled back.
///
/// # A write whose answer was lost
///
/// A dropped future, a connection that breaks: nobody knows whether the row was written. If it was, the next save is refused, also
/// where nothing is changed any more, for which it then looks: one SELECT. Where `check = dirty`, it compares all columns. A
/// rebase then takes nothing that differs for certain: such fields, and each change of one with `merge = add`, are reported in
/// [`Error::Unmerged`](crate::Error::Unmerged), to be decided with `rebase_with`. A reload is the other way on.
///
/// # Transactions
///
/// Handed to [`optimistic_transaction`](crate::optimistic_transaction) or `RetryPolicy::run_with`, it gets its version and its
/// original back when the transaction is rolled back: what was edited is to be saved again. If the closure has merged it
/// (`rebase`), reloaded it or put another one in its place, it is put back whole, since then more than my edits is in it.
///
/// Saved or read (`rebase`, `reload`) in a transaction of occ's without being handed over, it learns how that has ended, also of
/// several within each other. After a rollback it is what it would be if it had been handed over, for whatever looks at it: its
/// fields and its version, `Debug`, [`into_inner`](Self::into_inner), and the struct's own methods, also those that take `&self`.
///
/// Saved in a plain transaction it cannot know how that ends. So the next save, delete or rebase looks first, with a SELECT
/// or two: if the row is as it was written, it goes on from there; if it is as it was before, the transaction was rolled back,
/// and everything that was edited since then is written (again). If the row is neither, it is
/// [`Error::Stale`](crate::Error::Stale): it cannot be known who wrote the row last, so reload it. So it is where a
/// row that is as it was written may be somebody else's, and that matters: after a change of a field with `merge = add`, if two can
/// come to the same version (a UUID is nobody else's), and in a struct with an embedded one, whose columns cannot be compared.
/// Columns that keep something else than what was sent (a `numeric` that rounds, an `f32` of SQLite's that was written in SQL, a
/// trigger) look like somebody's as well. While a transaction is open on the connection that it was saved on, that may be the same
/// one, in which nobody else can have written the row: there a sum can be saved many times. Whether it is another transaction, begun
/// after the first was rolled back, nobody can tell, so reload the value between them.
///
/// Read in a plain transaction, with changes that it did not know of, it looks as well, with one SELECT: if the row is not as it was
/// read, that may have been rolled back, and it is [`Error::Stale`](crate::Error::Stale). A row that was read as it was known costs
/// nothing more. What a value was loaded in it cannot know: after a rollback load it anew.
///
/// An [`Error::Stale`](crate::Error::Stale) for either reason, alone or within an [`Error::StaleBatch`](crate::Error::StaleBatch), is not
/// [retryable](crate::Error::is_retryable): only a reload helps.
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

/// There was a write or a read in a transaction whose end is not known. Each transaction is a layer on the one before it.
#[derive(Clone)]
struct Unsettled<T> {
    before: Before<T>,
    /// The transaction of occ's that it happened in, which knows how it has ended.
    within: Option<Journal>,
    place: Place,
    /// The row was read since then, and was as it was written.
    is_read_since: bool,
    /// The layer beneath.
    beneath: Option<Box<Self>>,
    /// The value as it is if this was rolled back: see [`Tracked::value_at`].
    rolled_back: OnceLock<T>,
}

/// What there was before.
#[derive(Clone)]
enum Before<T> {
    /// It has written the row. That held this, and so many of the fields had been sent before.
    Written(T, usize),
    /// It has read what may be rolled back: what it was then, with all that is beneath. `None` if it cannot be known that it is
    /// rolled back, so that nothing is to be put back.
    Read(Option<Box<Tracked<T>>>),
}

pub(crate) fn next_number() -> u64 {
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

/// Equal if the values are, and what they were loaded as.
impl<T: Trackable + PartialEq> PartialEq for Tracked<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other && self.original() == other.original()
    }
}

impl<T: Trackable + Eq> Eq for Tracked<T> {}

impl<T: Trackable> Tracked<T> {
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
        self.stored(self.known_or_stored()).0
    }

    /// Whether a save would write something.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        let settled = self.known_or_stored();
        let (original, value) = (self.stored(settled).0, self.fields_at(settled));
        fields::<T>().any(|field| field.is_changed(original, value))
    }

    /// The names of the fields that a save would write, in their order; those of a tuple struct are numbers.
    #[must_use]
    pub fn dirty_fields(&self) -> Vec<&'static str> {
        self.dirty_fields_at(self.known_or_stored())
    }

    /// The value alone. What a transaction of occ's has written in it and rolled back is taken back; of a plain transaction
    /// nobody knows.
    #[must_use]
    pub fn into_inner(mut self) -> T {
        self.take_back_what_is_rolled_back();
        self.value
    }

    /// The names of the fields that hold something else than in the other.
    #[cfg(feature = "retry")]
    pub(crate) fn fields_unlike(&self, other: &Self) -> Vec<&'static str> {
        let (this, other) = (&**self, &**other);
        fields::<T>().filter(|field| !field.is_same(this, other)).map(|field| field.name()).collect()
    }

    /// What a save has to write, as the row holds this.
    pub(crate) fn changed(&self, settled: Settled) -> Changed {
        Changed::between(self.stored(settled).0, self.fields_at(settled))
    }

    /// Mine and what it was made from, to be compared with the row.
    pub(crate) fn sides(&self) -> (T, T) {
        let settled = self.known_or_stored();
        (self.to_write(settled).0, self.stored(settled).0.clone())
    }
}

impl<T: Trackable> Deref for Tracked<T> {
    type Target = T;

    /// Without what is known to be rolled back.
    fn deref(&self) -> &T {
        if self.unsettled.is_none() { &self.value } else { self.value_at(self.known_or_stored()) }
    }
}

impl<T: Trackable> DerefMut for Tracked<T> {
    /// What is known to be rolled back is so before the struct's own methods see it.
    fn deref_mut(&mut self) -> &mut T {
        self.take_back_what_is_rolled_back();
        &mut self.value
    }
}

/// Shows the fields, each changed one with what it was. Without those that are `#[occ(secret)]`.
#[allow(
    clippy::missing_fields_in_debug,
    reason = "what is shown is the value, and not what occ knows of its writes"
)]
impl<T: Trackable> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Tracked");
        shown.field("table", &T::table_name()).field("version", self.version());
        let (original, value) = (self.original(), &**self);
        for field in fields::<T>() {
            let (now, before) = (field.text(value), field.text(original));
            if field.is_same(original, value) {
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
    T: Queryable<ST, DB> + Trackable,
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
