//! A value whose base comes from elsewhere: a form, a client, a history.

use crate::conflict::tracked::Tracked;
use crate::model::fields::{Field, Trackable, fields};

impl<T: Trackable> Tracked<T> {
    /// An edit that arrives with what it was made from: `base` is the row as a form or a client has got it, `mine` what was made of it.
    ///
    /// A save writes the fields in which the two differ, if the row is still at the version of `base`; a
    /// [`rebase`](crate::TrackedDsl::rebase) merges them into what others have made of the row. It is an edit of the row that `base`
    /// is: the key and the version of `mine` are not looked at.
    ///
    /// A client that supplies the base can make a save that has lost look like one that may be merged: a base of theirs that is no row's is
    /// believed. Where that must not be, seal it: feature `http`, `EntityTagger::seal`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// let shown = articles::table.find(1).select(Article::as_select()).first(conn)?;
    /// # let mut theirs = Tracked::new(shown.clone());
    /// # theirs.body = "They open.".into();
    /// # theirs.save_optimistic(conn)?;
    /// // The form comes back, and somebody else has changed the body since.
    /// let mine = Article { title: "Locks".into(), ..shown.clone() };
    /// let mut article = Tracked::from_edit(shown, mine);
    /// assert_eq!(article.dirty_fields(), ["title"]);
    /// article.rebase(conn)?;
    /// article.save_optimistic(conn)?;
    /// assert_eq!((article.title.as_str(), article.body.as_str()), ("Locks", "They open."));
    /// # Ok::<_, Error>(())
    /// ```
    #[must_use]
    pub fn from_edit(base: T, mine: T) -> Self {
        let mut value = mine;
        fields::<T>().filter(Field::is_key).for_each(|field| field.copy(&mut value, &base));
        value.set_version(base.version().clone());
        Self { value, ..Self::new(base) }
    }
}
