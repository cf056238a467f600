//! A value that remembers what it was loaded as.

use std::fmt;
use std::ops::{Deref, DerefMut};

use diesel::backend::Backend;
use diesel::deserialize::{self, Queryable};
use diesel::expression::Selectable;

use crate::fields::{Fields, fields};
use crate::statement::Changed;
use crate::transaction::VersionedValues;

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
#[derive(Clone, PartialEq, Eq)]
pub struct Tracked<T: Fields> {
    pub(crate) value: T,
    pub(crate) original: T,
}

impl<T: Fields> Tracked<T> {
    /// Remembers `value` as what is in the row.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self { original: value.clone(), value }
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

    /// The value has become the row, at this version.
    pub(crate) fn saved(&mut self, version: T::Version) {
        self.value.set_version(version);
        self.written();
    }

    /// The value has become the row.
    pub(crate) fn written(&mut self) {
        self.original = self.value.clone();
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
    T: Selectable<DB> + Fields,
    DB: Backend,
{
    type SelectExpression = T::SelectExpression;

    fn construct_selection() -> Self::SelectExpression {
        T::construct_selection()
    }
}

/// Puts back the version, and what the value was loaded as.
impl<T> VersionedValues for &mut Tracked<T>
where
    T: Fields<Version: Clone> + 'static,
{
    type Borrowed<'r> = &'r mut Tracked<T>;
    type Saved = (T::Version, T);

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self) -> Self::Saved {
        (self.value.version().clone(), self.original.clone())
    }

    fn restore(&mut self, (version, original): Self::Saved) {
        self.value.set_version(version);
        self.original = original;
    }
}
