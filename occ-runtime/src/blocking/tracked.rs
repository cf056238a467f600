//! The methods of tracked values, for Diesel's own, blocking connections.

use diesel::Connection;

use crate::blocking::bounds::SavesTrackedOn;
use crate::blocking::reload::ReloadsOn;
use crate::blocking::saves::SavesOn;
use crate::conflict::Conflict;
use crate::conflict::merge::{Choice, undecided};
use crate::conflict::tracked::Tracked;
use crate::error::Error;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::outcome::Outcome;
use crate::operation::read;

/// Saving what was changed, and merging: for [`Tracked`] values and Diesel's own connections.
///
/// All examples on this page start like this:
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::prelude::*;
/// use occ_runtime::Tracked;
#[doc = include_str!("../example_tracked.txt")]
/// # let conn = &mut connection();
/// let select = articles::table.find(1).select(Tracked::<Article>::as_select());
/// let mut mine = select.first(conn)?;
/// let mut theirs = select.first(conn)?;
/// # QueryResult::Ok(())
/// ```
///
/// Each leaves the value exactly as it was if it fails.
pub trait TrackedDsl<T: OptimisticLock> {
    /// Writes the columns that were changed and the next version, if the row is still at this version.
    ///
    /// One `UPDATE`. Where nothing was changed, nothing is sent, the version stays, and the answer is `Ok` without a look
    /// at the row; with one, if it is in doubt what is in there: see [`Tracked`].
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let select = articles::table.find(1).select(Tracked::<Article>::as_select());
    /// # let mut mine = select.first(conn)?;
    /// mine.save_optimistic(conn)?;
    /// assert_eq!(mine.version, 1);
    /// mine.title = "Locks".into();
    /// mine.save_optimistic(conn)?;
    /// assert_eq!(mine.version, 2);
    /// # Ok::<_, Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As of [`OptimisticDsl::save_optimistic`](crate::OptimisticDsl::save_optimistic).
    fn save_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable;

    /// The same, but the row must be at `expected`, the version that a client sent.
    ///
    /// One `UPDATE`; none where nothing was changed and `expected` is the version in memory.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let select = articles::table.find(1).select(Tracked::<Article>::as_select());
    /// # let mut mine = select.first(conn)?;
    /// mine.title = "Locks".into();
    /// assert!(mine.save_optimistic_expecting(&7, conn).unwrap_err().is_stale());
    /// mine.save_optimistic_expecting(&1, conn)?;
    /// assert_eq!((mine.version, mine.is_dirty()), (2, false));
    /// # Ok::<_, Error>(())
    /// ```
    fn save_optimistic_expecting<C>(&mut self, expected: &T::Version, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesOn<C> + Trackable;

    /// Deletes the row, if it is as it was loaded: at its version, or in all columns where the table has none.
    ///
    /// One `DELETE`. The value stays what it was.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let select = articles::table.find(1).select(Tracked::<Article>::as_select());
    /// # let mine = select.first(conn)?;
    /// # let mut theirs = select.first(conn)?;
    /// theirs.title = "Keys".into();
    /// theirs.save_optimistic(conn)?;
    /// assert!(mine.delete_optimistic(conn).unwrap_err().is_stale());
    /// theirs.delete_optimistic(conn)?;
    /// # Ok::<_, Error>(())
    /// ```
    fn delete_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable;

    /// Becomes what the row is now, as if it was loaded anew: changes are lost.
    ///
    /// One `SELECT`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let select = articles::table.find(1).select(Tracked::<Article>::as_select());
    /// # let mut mine = select.first(conn)?;
    /// mine.title = "Locks".into();
    /// mine.reload(conn)?;
    /// assert_eq!(mine.title, "Doors");
    /// # Ok::<_, Error>(())
    /// ```
    fn reload<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable;

    /// Reads the row again and applies my changes to it.
    ///
    /// One `SELECT`. A field that only I have changed stays mine; one that only they have changed becomes theirs; one that
    /// both have set to the same is that. One that both have changed differently follows its rule:
    ///
    /// | `#[occ(merge = ..)]` | |
    /// |---|---|
    /// | `mine` | stays mine |
    /// | `theirs` | becomes theirs; if I have written it since the value was loaded, as without a rule, since what the row holds may be what the database has made of that |
    /// | `add` | both changes add up, also if they are the same: theirs + mine - base; where that does not fit the type, as without a rule |
    /// | `max`, `min` | the greater, the lesser of both; where they have no order (NaN), as without a rule |
    /// | `union` | of a set: theirs, less what I have removed, and what I have added; see [`MergeUnion`](crate::MergeUnion) |
    /// | `text` | line by line; where both have changed the same line or neighbours, as without a rule; see `MergeText`, feature `text` |
    /// | `merge(with = f)` | what `f(&base, &mine, &theirs)` says, also where both changes are the same; where that is `None`, as without a rule |
    /// | none | [`Error::Unmerged`], which names each such field with all its values; nothing is merged |
    ///
    /// After it the value is at the row's version, and the next save writes what is still mine, checked against the row
    /// that was read. Merging is by field: what depends on several of them (a start before its end), check before you save.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let select = articles::table.find(1).select(Tracked::<Article>::as_select());
    /// # let mut mine = select.first(conn)?;
    /// # let mut theirs = select.first(conn)?;
    /// theirs.body = "They open.".into();
    /// theirs.views += 5;
    /// theirs.save_optimistic(conn)?;
    ///
    /// mine.title = "Locks".into();
    /// mine.views += 1;
    /// if mine.save_optimistic(conn).is_err_and(|error| error.is_stale()) {
    ///     mine.rebase(conn)?;
    ///     mine.save_optimistic(conn)?;
    /// }
    /// assert_eq!((mine.title.as_str(), mine.body.as_str(), mine.views), ("Locks", "They open.", 16));
    /// # Ok::<_, Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Unmerged`]; [`Error::Stale`] if the row is gone.
    fn rebase<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable;

    /// The same, and asks `choose` for each field that would be reported: with its name, the base, mine and theirs.
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
    /// assert!(mine.rebase(conn).is_err());
    /// mine.rebase_with(conn, |field, _base, mine, theirs| match field {
    ///     "title" if mine.title.len() > theirs.title.len() => Choice::Mine,
    ///     _ => Choice::Undecided,
    /// })?;
    /// assert_eq!((mine.title.as_str(), mine.version), ("Locks", 2));
    /// # Ok::<_, Error>(())
    /// ```
    fn rebase_with<C, F>(&mut self, conn: &mut C, choose: F) -> Result<(), Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T>;

    /// What has become of a save whose answer has not come: see [`SettleDsl::settle`](crate::SettleDsl::settle). After
    /// [`Stored`](Outcome::Stored) nothing is changed any more; after [`NotStored`](Outcome::NotStored) a save writes the changes
    /// again, and what was sent stays in doubt until then.
    ///
    /// Where there is no version, the columns alone are compared, with the value and with what was loaded. After a change of a field with
    /// `merge = add` it is [`Overtaken`](Outcome::Overtaken) unless the version is a UUID: others may have added the same.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let select = articles::table.find(1).select(Tracked::<Article>::as_select());
    /// # let mut mine = select.first(conn)?;
    /// use occ_runtime::Outcome;
    ///
    /// mine.title = "Locks".into();
    /// assert_eq!(mine.settle(conn)?, Outcome::NotStored);
    /// mine.save_optimistic(conn)?;
    /// assert_eq!(mine.settle(conn)?, Outcome::Stored);
    /// # Ok::<_, Error>(())
    /// ```
    fn settle<C>(&mut self, conn: &mut C) -> Result<Outcome, Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable;

    /// Both sides as values, with the base: for a page that asks which of them to keep.
    ///
    /// One `SELECT`. See [`Conflict`].
    fn into_conflict<C>(self, conn: &mut C) -> Result<Conflict<T>, Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable;

    /// The same, of a copy.
    fn conflict<C>(&self, conn: &mut C) -> Result<Conflict<T>, Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable;
}

impl<T: OptimisticLock> TrackedDsl<T> for Tracked<T> {
    fn save_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable,
    {
        T::write_changes(self, None, conn)
    }

    fn save_optimistic_expecting<C>(&mut self, expected: &T::Version, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesOn<C> + Trackable,
    {
        T::write_changes(self, Some(expected), conn)
    }

    fn delete_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable,
    {
        T::delete_tracked(self, conn)
    }

    fn reload<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable,
    {
        read::reload_tracked(self, T::now(self.original(), conn)?)
    }

    fn rebase<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable,
    {
        self.rebase_with(conn, undecided)
    }

    fn rebase_with<C, F>(&mut self, conn: &mut C, choose: F) -> Result<(), Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable,
        F: FnMut(&'static str, &T, &T, &T) -> Choice<T>,
    {
        read::rebase(self, T::now(self.original(), conn)?, choose)
    }

    fn settle<C>(&mut self, conn: &mut C) -> Result<Outcome, Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable,
    {
        T::settle_tracked(self, conn)
    }

    fn into_conflict<C>(self, conn: &mut C) -> Result<Conflict<T>, Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable,
    {
        let (mine, base) = self.sides();
        let now = T::now(&base, conn)?;
        Ok(Conflict::new(mine, now.row, Some(base)))
    }

    fn conflict<C>(&self, conn: &mut C) -> Result<Conflict<T>, Error>
    where
        C: Connection,
        T: ReloadsOn<C> + Trackable,
    {
        let (mine, base) = self.sides();
        let now = T::now(&base, conn)?;
        Ok(Conflict::new(mine, now.row, Some(base)))
    }
}
