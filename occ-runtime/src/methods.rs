//! The methods for Diesel's own, blocking connections.

use diesel::connection::Connection;
use diesel::query_builder::{AsChangeset, QueryFragment};

use crate::bounds::{LoadsOn, LocksOn, LocksRowsOn};
use crate::conflict::Conflict;
use crate::error::{Error, Operation};
use crate::lock::LockMode;
use crate::model::OptimisticLock;
use crate::statement::{Changes, Nothing, WholeRow};

/// Version-checked writing, for every [`OptimisticLock`] and every Diesel connection: `SqliteConnection`,
/// `PgConnection`, `MysqlConnection`, pooled ones, and wrappers of your own.
///
/// All examples on this page start like this:
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::prelude::*;
#[doc = include_str!("example.txt")]
/// # let conn = &mut connection();
/// let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// # assert_eq!(lamp.version, 1);
/// # QueryResult::Ok(())
/// ```
///
/// # After an error
///
/// The value is what it was before the call, byte for byte, whatever went wrong: a conflict, a database error, an
/// exhausted version. A stale value stays stale, so a second try fails again until it is [reloaded](Self::reload).
///
/// # Transactions
///
/// Each method sends its statement on the connection as it is. Outside of a transaction that is atomic by itself.
/// Inside of one the write counts only once the transaction has committed. **After a rollback the value is ahead of
/// its row: reload it.** If it is kept, and others then move the row up to the same version, a later save overwrites
/// them unnoticed.
pub trait OptimisticDsl: OptimisticLock {
    /// Writes every column of the struct and moves the version on, if the row is still at this version.
    ///
    /// One `UPDATE`. `None` is written as NULL, unless the field says `#[diesel(treat_none_as_null = false)]`.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] if the row was changed or deleted since it was loaded: one `SELECT` more tells which.
    /// [`Error::Version`] if there is no next version; then nothing is sent. [`Error::Database`] for all else.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// # let mut another_copy = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.quantity -= 1;
    /// lamp.save_optimistic(conn)?;
    /// assert_eq!(lamp.version, 2);
    ///
    /// another_copy.quantity -= 1;
    /// assert!(another_copy.save_optimistic(conn).unwrap_err().is_stale());
    /// # Ok::<_, Error>(())
    /// ```
    fn save_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: LocksOn<C>,
    {
        self.write(Operation::Save, None, WholeRow, conn)
    }

    /// The same, but the row must be at `expected`, whatever version this value has.
    ///
    /// For a version that travelled through a client: the value may have been loaded a moment ago, and what counts is
    /// the version that the person saw.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("example.txt")]
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
        Self: LocksOn<C>,
    {
        self.write(Operation::Save, Some(expected), WholeRow, conn)
    }

    /// Writes only `changes`, any Diesel changeset for this table, and moves the version on.
    ///
    /// One `UPDATE`. In memory only the version changes: the other fields are what they were, so [`reload`](Self::reload)
    /// before you save the whole value. A changeset with nothing in it still checks the version and moves it on.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.update_optimistic(products::quantity.eq(products::quantity - 1), conn)?;
    /// assert_eq!((lamp.quantity, lamp.version), (10, 2));
    /// lamp.reload(conn)?;
    /// assert_eq!((lamp.quantity, lamp.version), (9, 2));
    /// # Ok::<_, Error>(())
    /// ```
    fn update_optimistic<C, S>(&mut self, changes: S, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: LocksOn<C>,
        S: AsChangeset<Target = Self::Table, Changeset: QueryFragment<C::Backend>>,
    {
        self.write(Operation::Update, None, Changes(changes.as_changeset()), conn)
    }

    /// Moves the version on and writes nothing else: for the root of an aggregate whose child changed.
    ///
    /// One `UPDATE`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.touch_optimistic(conn)?;
    /// assert_eq!(lamp.version, 2);
    /// # Ok::<_, Error>(())
    /// ```
    fn touch_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: LocksOn<C>,
    {
        self.write(Operation::Touch, None, Nothing, conn)
    }

    /// Deletes the row, if it is still at this version.
    ///
    /// One `DELETE`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.delete_optimistic(conn)?;
    /// let Err(Error::Stale(gone)) = lamp.delete_optimistic(conn) else { panic!("it was deleted") };
    /// assert!(gone.is_deleted());
    /// # Ok::<_, Error>(())
    /// ```
    fn delete_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: LocksOn<C>,
    {
        self.delete(conn)
    }

    /// `Ok` while the row is at this version.
    ///
    /// One `SELECT`. The answer is about a moment that has passed when it arrives: it replaces no check of a write.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.verify_optimistic(conn)?;
    /// diesel::update(products::table).set(products::version.eq(9)).execute(conn)?;
    /// assert!(lamp.verify_optimistic(conn).is_err());
    /// # Ok::<_, Error>(())
    /// ```
    fn verify_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: LocksOn<C>,
    {
        self.verify(conn)
    }

    /// Takes a lock on the row, which holds until the transaction ends, and checks the version.
    ///
    /// One `SELECT`. For rows that are fought over: who holds the lock will not be refused by the save. Only within a
    /// transaction that Diesel knows of; without one it is refused with Diesel's `NotInTransaction`. For PostgreSQL
    /// (feature `postgres`), MySQL and MariaDB (feature `mysql`).
    ///
    /// ```no_run
    /// # // PostgreSQL is not there when the examples are run; the tests run it.
    /// # use diesel::prelude::*;
    /// # use diesel::connection::LoadConnection;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::{LockMode, LocksOn, LocksRowsOn};
    ///
    /// fn save_alone<C, M>(model: &mut M, conn: &mut C) -> Result<(), Error>
    /// where
    ///     C: Connection,
    ///     M: LocksOn<C> + LocksRowsOn<C>,
    /// {
    ///     conn.transaction(|conn| {
    ///         model.lock_optimistic(LockMode::Update, conn)?;
    ///         // nobody else writes the row from here on
    ///         model.save_optimistic(conn)
    ///     })
    /// }
    /// ```
    fn lock_optimistic<C>(&self, mode: LockMode, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: LocksRowsOn<C>,
    {
        self.lock(mode, conn)
    }

    /// Becomes what the row is now.
    ///
    /// One `SELECT`. Needs `#[derive(Queryable, Selectable)]`. A row that is gone is [`Error::Stale`], and the value
    /// stays what it was.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// diesel::update(products::table).set((products::quantity.eq(3), products::version.eq(2))).execute(conn)?;
    /// lamp.reload(conn)?;
    /// assert_eq!((lamp.quantity, lamp.version), (3, 2));
    /// # Ok::<_, Error>(())
    /// ```
    fn reload<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: LoadsOn<C>,
    {
        self.read(conn)
    }

    /// Becomes both sides of a conflict, after a save was refused: this value, and the row as it is now.
    ///
    /// One `SELECT`. Needs `#[derive(Queryable, Selectable)]`. A row that is gone is no error here:
    /// [`Conflict::is_deleted`](crate::Conflict::is_deleted). See [`Conflict`](crate::Conflict) for an example.
    fn into_conflict<C>(self, conn: &mut C) -> Result<Conflict<Self>, Error>
    where
        Self: LoadsOn<C>,
    {
        Self::compare(self, None, conn)
    }
}

impl<M: OptimisticLock> OptimisticDsl for M {}
