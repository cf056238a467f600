//! What the derive says about the fields of a tracked struct, one by one.

use crate::error::unmerged::Difference;
use crate::model::optimistic_lock::OptimisticLock;

/// Stands for the value of a field that is `#[occ(secret)]`.
const HIDDEN: &str = "hidden";

/// A struct with `#[occ(tracked)]`, whose fields can be compared and merged one by one: the bound for generic code about
/// [`Tracked`](crate::Tracked) values.
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::{Error, Trackable, ReloadsOn, SavesOn, Tracked, prelude::*};
///
/// fn save_or_merge<C, M>(model: &mut Tracked<M>, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     M: Trackable + SavesOn<C> + ReloadsOn<C>,
/// {
///     match model.save_optimistic(conn) {
///         Err(Error::Stale(_)) => {
///             model.rebase(conn)?;
///             model.save_optimistic(conn)
///         }
///         outcome => outcome,
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the fields of `{Self}` are not tracked",
    label = "has no `#[occ(tracked)]`",
    note = "add `#[occ(tracked)]` above `{Self}`, below its `#[derive(OptimisticLock)]`; in a generic function the bound is `Trackable`"
)]
pub trait Trackable: OptimisticLock<Version: Clone> + Clone {
    /// The fields in their order, all but the version; `None` after the last one.
    // A function and not a constant, which could not name a struct with a lifetime.
    #[doc(hidden)]
    fn field(index: usize) -> Option<Field<Self>>;
}

/// The fields of a struct in their order.
pub(crate) fn fields<M: Trackable>() -> impl Iterator<Item = Field<M>> {
    (0..).map_while(M::field)
}

/// A field that can be compared and taken over.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a field of type `{Self}` cannot be tracked",
    label = "needs `Clone` and `PartialEq`",
    note = "add `#[derive(Clone, PartialEq)]` to `{Self}`"
)]
pub trait FieldValue {
    fn same(&self, other: &Self) -> bool;
    fn take(&mut self, from: &Self);
}

#[diagnostic::do_not_recommend]
impl<T: Clone + PartialEq> FieldValue for T {
    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn take(&mut self, from: &Self) {
        self.clone_from(from);
    }
}

/// What becomes of a field that both sides have changed, in different ways.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Rule<M> {
    /// Somebody is to decide.
    Ask,
    Mine,
    Theirs,
    /// Sets the field of the first to the sum of both changes, given the base, mine and theirs; `false` if there is none. Two changes
    /// that are the same are two.
    Add(fn(&mut M, &M, &M, &M) -> bool),
    /// The same of two changes that are one if they are the same.
    Join(fn(&mut M, &M, &M, &M) -> bool),
}

impl<M> Rule<M> {
    /// Whether it makes something of both sides, which it may fail to.
    fn combines(&self) -> bool {
        matches!(self, Self::Add(_) | Self::Join(_))
    }
}

/// One field of `M`: a line of the derive.
#[doc(hidden)]
#[derive(Debug)]
pub struct Field<M> {
    name: &'static str,
    /// `None` for an embedded struct, which has several.
    column: Option<&'static str>,
    same: fn(&M, &M) -> bool,
    take: fn(&mut M, &M),
    /// `None` for a secret.
    show: Option<fn(&M) -> String>,
    is_written: fn(&M) -> bool,
    is_key: bool,
    is_checked: bool,
    rule: Rule<M>,
}

impl<M> Field<M> {
    #[must_use]
    pub fn new(name: &'static str, same: fn(&M, &M) -> bool, take: fn(&mut M, &M)) -> Self {
        Self {
            name,
            column: None,
            same,
            take,
            show: None,
            is_written: |_| true,
            is_key: false,
            is_checked: true,
            rule: Rule::Ask,
        }
    }

    #[must_use]
    pub fn column(self, column: &'static str) -> Self {
        Self { column: Some(column), ..self }
    }

    #[must_use]
    pub fn key(self) -> Self {
        Self { is_key: true, ..self }
    }

    /// Where a check of what was loaded leaves it out.
    #[must_use]
    pub fn unchecked(self) -> Self {
        Self { is_checked: false, ..self }
    }

    /// How it is shown. A secret is not given here, so that nothing can show it.
    #[must_use]
    pub fn shown(self, show: fn(&M) -> String) -> Self {
        Self { show: Some(show), ..self }
    }

    /// Where a save does not always write it.
    #[must_use]
    pub fn written_if(self, is_written: fn(&M) -> bool) -> Self {
        Self { is_written, ..self }
    }

    #[must_use]
    pub fn rule(self, rule: Rule<M>) -> Self {
        Self { rule, ..self }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn column_name(&self) -> Option<&'static str> {
        self.column
    }

    pub(crate) fn is_key(&self) -> bool {
        self.is_key
    }

    pub(crate) fn is_checked(&self) -> bool {
        self.is_checked
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.show.is_none()
    }

    pub(crate) fn merge_rule(&self) -> &Rule<M> {
        &self.rule
    }

    pub(crate) fn is_same(&self, a: &M, b: &M) -> bool {
        (self.same)(a, b)
    }

    pub(crate) fn copy(&self, to: &mut M, from: &M) {
        (self.take)(to, from);
    }

    /// Whether a save of `value` would change the field of a row that is as `original`.
    pub(crate) fn is_changed(&self, original: &M, value: &M) -> bool {
        (self.is_written)(value) && !self.is_same(original, value)
    }

    /// Whether a save writes the field at all.
    pub(crate) fn is_written(&self, value: &M) -> bool {
        (self.is_written)(value)
    }

    pub(crate) fn text(&self, value: &M) -> String {
        self.show.map_or_else(|| HIDDEN.to_owned(), |show| show(value))
    }

    /// What the sides have made of the field, as text.
    pub(crate) fn difference(&self, base: Option<&M>, mine: &M, theirs: Option<&M>) -> Difference {
        Difference {
            field: self.name,
            secret: self.is_secret(),
            combined: self.merge_rule().combines(),
            base: base.map(|base| self.text(base)),
            mine: self.text(mine),
            theirs: theirs.map(|theirs| self.text(theirs)),
        }
    }
}

/// A struct whose JSON is safe to answer with: implemented by the derive where no field is `#[occ(secret)]`, or each that
/// is has `#[serde(skip_serializing)]`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the JSON of `{Self}` would show a field that is `#[occ(secret)]`",
    label = "a secret field is serialized",
    note = "add `#[serde(skip_serializing)]` to each secret field of `{Self}`"
)]
pub trait SerializesNoSecret {}
