//! Saves that merge, for Diesel's own, blocking connections.

#[cfg(feature = "retry")]
use diesel::Connection;

#[cfg(feature = "retry")]
use crate::blocking::bounds::SavesTrackedOn;
#[cfg(feature = "retry")]
use crate::blocking::reload::ReloadsOn;
#[cfg(feature = "retry")]
use crate::blocking::retry::RetryDsl as _;
#[cfg(feature = "retry")]
use crate::conflict::merge::Choice;
#[cfg(feature = "retry")]
use crate::conflict::saved::Saved;
use crate::conflict::tracked::Tracked;
use crate::error::Error;
#[cfg(feature = "retry")]
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
#[cfg(feature = "retry")]
use crate::retry::policy::RetryPolicy;

/// A save that merges where somebody else was faster, in one call: for [`Tracked`] values and Diesel's own connections. Feature `retry`.
pub trait MergingDsl<T: OptimisticLock> {
    /// [`save_optimistic`](crate::TrackedDsl::save_optimistic); and if somebody else was faster, [`rebase`](crate::TrackedDsl::rebase) and save again, as often as
    /// the default [`RetryPolicy`](crate::RetryPolicy) allows. Feature `retry`.
    ///
    /// One `UPDATE`, and for each time that somebody else was faster the look after the refused one, a `SELECT` and an `UPDATE`. Not within a
    /// transaction, which may not see what the others have written: there it is [`Error::NestedRetry`].
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let select = articles::table.find(1).select(Tracked::<Article>::as_select());
    /// # let mut mine = select.first(conn)?;
    /// # let mut theirs = select.first(conn)?;
    /// use occ_runtime::conflict::Saved;
    ///
    /// theirs.body = "They open.".into();
    /// theirs.views += 5;
    /// theirs.save_optimistic(conn)?;
    ///
    /// mine.title = "Locks".into();
    /// mine.views += 1;
    /// assert_eq!(mine.save_merging(conn)?, Saved::Merged(vec!["body", "views"]));
    /// assert_eq!((mine.title.as_str(), mine.body.as_str(), mine.views), ("Locks", "They open.", 16));
    /// assert_eq!(mine.save_merging(conn)?, Saved::Unchanged);
    /// # Ok::<_, Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Unmerged`] if both have changed a field for which no rule decides; [`Error::Stale`] if the row is gone;
    /// [`Error::RetriesExhausted`] if others were faster each time; or the database's. The value is then what it was before the
    /// call.
    #[cfg(feature = "retry")]
    fn save_merging<C>(&mut self, conn: &mut C) -> Result<Saved, Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + ReloadsOn<C> + Trackable;

    /// The same, and asks `choose` for each field that would be reported: with its name, the base, mine and theirs. Feature `retry`.
    ///
    /// It is asked anew whenever somebody else was faster.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let select = articles::table.find(1).select(Tracked::<Article>::as_select());
    /// # let mut mine = select.first(conn)?;
    /// # let mut theirs = select.first(conn)?;
    /// use occ_runtime::Choice;
    ///
    /// theirs.title = "Keys".into();
    /// theirs.save_optimistic(conn)?;
    /// mine.title = "Locks".into();
    /// let both = |field: &str, _: &Article, mine: &Article, theirs: &Article| match field {
    ///     "title" => Choice::Value(Article { title: format!("{} and {}", theirs.title, mine.title), ..mine.clone() }),
    ///     _ => Choice::Undecided,
    /// };
    /// let saved = mine.save_merging_with(both, conn)?;
    /// assert_eq!((mine.title.as_str(), mine.version), ("Keys and Locks", 3));
    /// # let _ = saved;
    /// # Ok::<_, Error>(())
    /// ```
    #[cfg(feature = "retry")]
    fn save_merging_with<C, F>(&mut self, choose: F, conn: &mut C) -> Result<Saved, Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + ReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T>;

    #[cfg(not(feature = "retry"))]
    #[doc(hidden)]
    fn save_merging<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        Self: crate::private::missing::RetryIsEnabled,
    {
        let _ = conn;
        crate::model::declared::never()
    }
}

impl<T: OptimisticLock> MergingDsl<T> for Tracked<T> {
    #[cfg(feature = "retry")]
    fn save_merging<C>(&mut self, conn: &mut C) -> Result<Saved, Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + ReloadsOn<C> + Trackable,
    {
        RetryPolicy::default().save_merging(self, conn)
    }

    #[cfg(feature = "retry")]
    fn save_merging_with<C, F>(&mut self, choose: F, conn: &mut C) -> Result<Saved, Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + ReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T>,
    {
        RetryPolicy::default().save_merging_with(self, choose, conn)
    }
}
