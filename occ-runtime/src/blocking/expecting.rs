//! Writes that expect another version of the row than the value's own alone: the one that a client sent.

use diesel::connection::Connection;
use diesel::query_builder::{AsChangeset, QueryFragment};

use crate::blocking::saves::SavesOn;
use crate::blocking::update::UpdatesOn;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::optimistic_lock::OptimisticLock;
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
}

impl<M: OptimisticLock> ExpectingDsl for M {}
