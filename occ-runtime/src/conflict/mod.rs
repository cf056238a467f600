//! Both sides of a conflict as values: what is in memory, and what is in the row.

#[cfg(feature = "serde")]
pub(crate) mod json;
pub(crate) mod merge;
pub(crate) mod saved;
mod stats;
pub(crate) mod tracked;

use std::fmt;

pub use crate::error::unmerged::{Difference, UnmergedError};
pub use crate::model::merge_add::MergeAdd;
#[cfg(feature = "text")]
pub use crate::model::merge_text::MergeText;
pub use crate::model::merge_union::MergeUnion;
pub use merge::Choice;
pub use saved::Saved;
pub use stats::{Advice, ConflictStats, TableConflicts};
pub use tracked::Tracked;

use crate::model::fields::{Trackable, fields};
use crate::model::optimistic_lock::OptimisticLock;

/// The two sides of a conflict: `mine` is the value that could not be saved, `theirs` is the row as it is now.
///
/// Made by [`into_conflict`](crate::OptimisticDsl::into_conflict), after a save was refused. Enough to answer a request
/// with 409: your version, the current version and the current data.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// # products::table.find(1).select(Product::as_select()).first(conn)?.save_optimistic(conn)?;
/// lamp.quantity = 3;
/// if lamp.save_optimistic(conn).is_err_and(|error| error.is_stale()) {
///     let conflict = lamp.into_conflict(conn)?;
///     assert_eq!((conflict.my_version(), conflict.their_version()), (&1, Some(&2)));
///     assert_eq!(conflict.theirs().map(|row| row.quantity), Some(10));
///     assert_eq!(conflict.mine().quantity, 3);
/// }
/// # Ok::<_, Error>(())
/// ```
///
/// # As JSON
///
/// With the feature `serde` it is `Serialize` where the struct is, and has `#[occ(tracked)]`:
///
/// ```json
/// {
///   "table": "articles",
///   "your_version": 4,
///   "current_version": 5,
///   "current": { "id": 1, "title": "Locks", "version": 5 },
///   "differences": [{ "field": "title", "secret": false, "base": null, "mine": "Keys", "theirs": "Locks" }]
/// }
/// ```
///
/// `current_version` and `current` are null where the row is gone, the versions where the table has none, `base` where it is
/// not known. A struct with a field that is `#[occ(secret)]` and not `#[serde(skip_serializing)]` has no such JSON: that is a
/// compile error.
#[cfg_attr(
    feature = "serde",
    doc = r"
```
# use diesel::prelude::*;
use occ_runtime::{Conflict, prelude::*};
# diesel::table! { users (id) { id -> Integer, name -> Text, password -> Text, version -> Integer } }

#[derive(Clone, Queryable, Selectable, OptimisticLock, serde::Serialize)]
#[occ(tracked)]
struct User {
    id: i32,
    name: String,
    #[occ(secret)]
    #[serde(skip_serializing)]
    password: String,
    version: i32,
}

fn body(conflict: &Conflict<User>) -> serde_json::Result<String> {
    serde_json::to_string(conflict)
}
```

```compile_fail,E0277
# use diesel::prelude::*;
# use occ_runtime::{Conflict, prelude::*};
# diesel::table! { users (id) { id -> Integer, name -> Text, password -> Text, version -> Integer } }
#
# #[derive(Clone, Queryable, Selectable, OptimisticLock, serde::Serialize)]
# #[occ(tracked)]
# struct User {
#     id: i32,
#     name: String,
    #[occ(secret)]
    password: String, // would be in `current`
#     version: i32,
# }
#
# fn body(conflict: &Conflict<User>) -> serde_json::Result<String> {
#     serde_json::to_string(conflict)
# }
```
"
)]
#[derive(Clone, PartialEq, Eq)]
pub struct Conflict<T> {
    mine: T,
    theirs: Option<T>,
    base: Option<T>,
}

impl<T> Conflict<T> {
    pub(crate) fn new(mine: T, theirs: Option<T>, base: Option<T>) -> Self {
        Self { mine, theirs, base }
    }

    /// The value that could not be saved.
    #[must_use]
    pub fn mine(&self) -> &T {
        &self.mine
    }

    /// The row as it was when it was looked at after the conflict; `None` if it was gone or not visible.
    #[must_use]
    pub fn theirs(&self) -> Option<&T> {
        self.theirs.as_ref()
    }

    /// What `mine` was loaded as. Known for a [`Tracked`] value.
    #[must_use]
    pub fn base(&self) -> Option<&T> {
        self.base.as_ref()
    }

    /// Whether no row with this key was to be seen.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.theirs.is_none()
    }

    /// Mine, theirs and the base.
    #[must_use]
    pub fn into_parts(self) -> (T, Option<T>, Option<T>) {
        (self.mine, self.theirs, self.base)
    }
}

impl<T: OptimisticLock> Conflict<T> {
    /// The version of `mine`.
    #[must_use]
    pub fn my_version(&self) -> &T::Version {
        self.mine.version()
    }

    /// The version of `theirs`.
    #[must_use]
    pub fn their_version(&self) -> Option<&T::Version> {
        self.theirs.as_ref().map(T::version)
    }
}

impl<T: Trackable> Conflict<T> {
    /// The fields in which a save of `mine` would change the row, in their order: where `mine` and `theirs` differ.
    ///
    /// Where the row is gone: the fields that are changed in `mine`, or all of them if the base is not known.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// let mut mine = articles::table.find(1).select(Tracked::<Article>::as_select()).first(conn)?;
    /// # let mut theirs = mine.clone();
    /// # theirs.title = "Keys".into();
    /// # theirs.save_optimistic(conn)?;
    /// mine.title = "Locks".into();
    /// let conflict = mine.into_conflict(conn)?;
    /// let differences = conflict.differences();
    /// let title = &differences[0];
    /// assert_eq!((title.field(), title.base()), ("title", Some("Doors")));
    /// assert_eq!((title.mine(), title.theirs()), ("Locks", Some("Keys")));
    /// # Ok::<_, Error>(())
    /// ```
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        let (mine, theirs, base) = (&self.mine, self.theirs(), self.base());
        fields::<T>()
            .filter(|field| match (theirs, base) {
                (Some(theirs), _) => field.is_changed(theirs, mine),
                (None, Some(base)) => field.is_changed(base, mine),
                (None, None) => field.is_written(mine) && !field.is_key(),
            })
            .map(|field| field.difference(base, mine, theirs))
            .collect()
    }
}

/// Shows both versions, and no other value: one of them may be a secret.
impl<T: OptimisticLock> fmt::Debug for Conflict<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conflict")
            .field("table", &T::table_name())
            .field("my_version", self.my_version())
            .field("their_version", &self.their_version())
            .finish_non_exhaustive()
    }
}
