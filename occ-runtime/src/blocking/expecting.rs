//! Writes that expect another version of the row than the value's own alone: the one that a client sent.

use diesel::connection::Connection;
use diesel::query_builder::{AsChangeset, QueryFragment};

use crate::blocking::report::ReportsOn;
use crate::blocking::saves::SavesOn;
use crate::blocking::update::UpdatesOn;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::report::OnStale;
use crate::statement::assign::{Changes, Nothing, WholeRow};
use crate::statement::guard::Always;

/// Writes that expect of the row what a person has seen, and not only what the value was read at.
///
/// The version has travelled through a client: a hidden field of a form, an `If-Match`. What counts is what the person saw. A value
/// that was read at another version is refused, as [`Error::Stale`], and not sent: the row may be at `expected`, but what the
/// value would write over it is older, or newer.
///
/// For every [`OptimisticLock`] and every Diesel connection, as [`OptimisticDsl`](crate::OptimisticDsl). Without a value in memory
/// there is [`OptimisticLock::at`].
pub trait ExpectingDsl: OptimisticLock {
    /// [`save_optimistic`](crate::OptimisticDsl::save_optimistic), but the row must be at `expected` too.
    ///
    /// One `UPDATE`; one `SELECT` instead, if the value is at another version.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # products::table.find(1).select(Product::as_select()).first(conn)?.save_optimistic(conn)?;
    /// let version_in_the_form = 1;
    /// let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.name = "desk lamp".into();
    /// let refused = lamp.save_optimistic_expecting(&version_in_the_form, conn);
    /// assert!(refused.unwrap_err().is_stale()); // the row is at version 2
    /// # Ok::<_, Error>(())
    /// ```
    fn save_optimistic_expecting<C>(&mut self, expected: &Self::Version, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: SavesOn<C>,
    {
        self.write(Operation::Save, Some(expected), WholeRow, conn)
    }

    /// [`update_optimistic`](crate::OptimisticDsl::update_optimistic), but the row must be at `expected` too.
    ///
    /// As many statements; one `SELECT` instead, if the value is at another version.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// let version_in_the_form = 1;
    /// lamp.update_optimistic_expecting(&version_in_the_form, products::name.eq("desk lamp"), conn)?;
    /// assert_eq!((lamp.name.as_str(), lamp.version), ("desk lamp", 2));
    /// # Ok::<_, Error>(())
    /// ```
    fn update_optimistic_expecting<C, S>(
        &mut self,
        expected: &Self::Version,
        changes: S,
        conn: &mut C,
    ) -> Result<(), Error>
    where
        C: Connection,
        Self: UpdatesOn<C>,
        S: AsChangeset<Target = Self::Table, Changeset: QueryFragment<C::Backend>>,
    {
        self.update(Some(expected), Changes(changes.as_changeset()), conn)
    }

    /// [`touch_optimistic`](crate::OptimisticDsl::touch_optimistic), but the row must be at `expected` too.
    ///
    /// One `UPDATE`; one `SELECT` instead, if the value is at another version.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.touch_optimistic_expecting(&1, conn)?;
    /// assert!(lamp.touch_optimistic_expecting(&1, conn).unwrap_err().is_stale());
    /// # Ok::<_, Error>(())
    /// ```
    fn touch_optimistic_expecting<C>(&mut self, expected: &Self::Version, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: SavesOn<C>,
    {
        self.write(Operation::Touch, Some(expected), Nothing, conn)
    }

    /// [`delete_optimistic`](crate::OptimisticDsl::delete_optimistic), but the row must be at `expected` too.
    ///
    /// One `DELETE`; one `SELECT` instead, if the value is at another version.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// assert!(lamp.delete_optimistic_expecting(&7, conn).unwrap_err().is_stale());
    /// lamp.delete_optimistic_expecting(&1, conn)?;
    /// # Ok::<_, Error>(())
    /// ```
    fn delete_optimistic_expecting<C>(&self, expected: &Self::Version, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: SavesOn<C>,
    {
        self.delete(Some(expected), Always, conn)
    }

    /// Writes every column of the struct and a version that follows the row's, **whatever the row's version is**: for a person who
    /// has seen both sides of a conflict and wants theirs, or for a repair. Returns what was overwritten, so that it can be kept. Each
    /// time is an event of the feature `tracing`, `overwrite`, a warning.
    ///
    /// One `SELECT .. FOR UPDATE` and one `UPDATE`, in a transaction that is begun for them. On SQLite, which locks no rows, the same
    /// two without, again for each writer that came in between. Needs `#[derive(Queryable, Selectable)]`.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] if the row is gone. [`Error::Version`] if no version follows the row's. The value is then what it was.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// # let mut theirs = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// # theirs.quantity = 3;
    /// # theirs.save_optimistic(conn)?; // version 2
    /// lamp.quantity = 9;
    /// assert!(lamp.save_optimistic(conn).unwrap_err().is_stale());
    /// let overwritten = lamp.overwrite_optimistic(conn)?;
    /// assert_eq!((overwritten.quantity, overwritten.version), (3, 2));
    /// assert_eq!((lamp.quantity, lamp.version), (9, 3));
    /// # Ok::<_, Error>(())
    /// ```
    fn overwrite_optimistic<C>(&mut self, conn: &mut C) -> Result<Self, Error>
    where
        C: Connection,
        Self: UpdatesOn<C>,
    {
        self.overwrite(conn)
    }

    /// [`save_optimistic`](crate::OptimisticDsl::save_optimistic), which with [`OnStale::Report`] is not refused where the row is at another version:
    /// then it is written over, as by [`overwrite_optimistic`](Self::overwrite_optimistic), and the hook is told. For a system that gets the
    /// lock while it runs.
    ///
    /// The version moves in any case, so that who refuses is told of who only reports. Each row that was written over is an event of the feature
    /// `tracing`, `overwrite`, a warning.
    ///
    /// One `UPDATE`, as without. After a conflict, beside the `SELECT` that any conflict costs: one more for the present version, and
    /// one `UPDATE`; again for each writer that came in between. On MySQL this `SELECT` is `FOR UPDATE`, to see past the snapshot of a
    /// transaction. It needs no transaction of its own.
    ///
    /// Only what writes or deletes a whole row can be reported so. After a touch, or a save of some columns, the value would be at a version whose other
    /// columns it has not seen, and its next save would write over them without a word. For a [`Tracked`](crate::Tracked) value there is
    /// [`rebase_with`](crate::TrackedDsl::rebase_with), which keeps what others have written.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] if the row is gone: there is nothing to write over. The same if the database keeps the statement from a row that is at this
    /// version ([`is_from_old_snapshot`](crate::StaleObjectError::is_from_old_snapshot)). [`Error::Version`] if no version follows the row's.
    /// The value is then what it was, and the hook is not called.
    ///
    /// The hook runs once the row is written and the value is at its version; a panic in it changes neither. It is not told whether the
    /// transaction around it is committed.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use std::sync::Mutex;
    ///
    /// use occ_runtime::OnStale;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// # products::table.find(1).select(Product::as_select()).first(conn)?.save_optimistic(conn)?; // version 2
    /// let reports = Mutex::new(Vec::new());
    /// lamp.quantity = 9;
    /// lamp.save_optimistic_with(OnStale::Report(&|stale| reports.lock().unwrap().push(stale.to_string())), conn)?;
    /// assert_eq!((lamp.quantity, lamp.version), (9, 3));
    /// let told = "cannot save row 1 of `products`: it was read at version 1, but it is at version 2 now; reload it and apply the change again";
    /// assert_eq!(*reports.lock().unwrap(), [told]);
    /// # Ok::<_, Error>(())
    /// ```
    fn save_optimistic_with<C>(&mut self, on_stale: OnStale<'_>, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: ReportsOn<C>,
    {
        self.save_reporting(on_stale, conn)
    }

    /// [`delete_optimistic`](crate::OptimisticDsl::delete_optimistic), which with [`OnStale::Report`] is not refused where the row is at another
    /// version: then it is deleted as it is, and the hook is told. As [`save_optimistic_with`](Self::save_optimistic_with), with a `DELETE` in place
    /// of the `UPDATE`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::OnStale;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// # products::table.find(1).select(Product::as_select()).first(conn)?.save_optimistic(conn)?; // version 2
    /// assert!(lamp.delete_optimistic_with(OnStale::Refuse, conn).unwrap_err().is_stale());
    /// lamp.delete_optimistic_with(OnStale::Report(&|stale| eprintln!("{stale}")), conn)?;
    /// # assert_eq!(products::table.count().get_result::<i64>(conn)?, 0);
    /// # Ok::<_, Error>(())
    /// ```
    fn delete_optimistic_with<C>(&self, on_stale: OnStale<'_>, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: ReportsOn<C>,
    {
        self.delete_reporting(on_stale, conn)
    }
}

impl<M: OptimisticLock> ExpectingDsl for M {}
