//! The methods for many tracked values at once, for Diesel's own, blocking connections.

use diesel::Connection;

use crate::blocking::bounds::SavesTrackedOn;
use crate::conflict::tracked::Tracked;
use crate::error::Error;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;

/// Saving what was changed in many [`Tracked`] values at once: for slices, and so for a `Vec`.
///
/// All or nothing, in one order of locks, as [`OptimisticBatchDsl`](crate::OptimisticBatchDsl) for plain values: if rows are stale, all
/// of them are named in [`Error::StaleBatch`], nothing is written, and each value is exactly what it was. Two values for one row are
/// refused before anything is sent; an empty slice is `Ok` and sends nothing. A [`Tracked`] that was last written in a plain transaction
/// looks first, as it does for a save of its own.
///
/// # Statements
///
/// Values of which the same columns were changed go into one statement, as many as plain values do. Where they differ, on PostgreSQL so do
/// those that follow each other in the order of their keys, and elsewhere each value has a statement of its own. So has it without a
/// version, where what was loaded is compared.
pub trait TrackedBatchDsl<T: OptimisticLock> {
    /// Writes of each value the columns that were changed and the next version, as
    /// [`save_optimistic`](crate::TrackedDsl::save_optimistic) does: a value in which nothing was changed keeps its version, and
    /// nothing is sent of it.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # diesel::insert_into(articles::table).values((articles::id.eq(2), articles::title.eq("Keys"), articles::body.eq(""), articles::views.eq(0), articles::version.eq(1))).execute(conn)?;
    /// let mut articles: Vec<Tracked<Article>> =
    ///     articles::table.order(articles::id).select(Tracked::<Article>::as_select()).load(conn)?;
    /// articles[1].body = "They turn.".into();
    /// articles.save_all_optimistic(conn)?;
    /// assert_eq!((articles[0].version, articles[1].version), (1, 2));
    /// # Ok::<_, Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As of [`OptimisticBatchDsl::save_all_optimistic`](crate::OptimisticBatchDsl::save_all_optimistic).
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable;

    /// Deletes the row of every value, as [`delete_optimistic`](crate::TrackedDsl::delete_optimistic) does.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// let articles: Vec<Tracked<Article>> = articles::table.select(Tracked::<Article>::as_select()).load(conn)?;
    /// articles.delete_all_optimistic(conn)?;
    /// let Err(Error::StaleBatch(stale)) = articles.delete_all_optimistic(conn) else { panic!("they are gone") };
    /// assert!(stale.rows()[0].is_deleted());
    /// # Ok::<_, Error>(())
    /// ```
    fn delete_all_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable;
}

impl<T: OptimisticLock> TrackedBatchDsl<T> for [Tracked<T>] {
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable,
    {
        T::save_all(self, conn)
    }

    fn delete_all_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        T: SavesTrackedOn<C> + Trackable,
    {
        T::delete_all(self, conn)
    }
}
