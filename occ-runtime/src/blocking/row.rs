//! The methods for Diesel's own, blocking connections.

use diesel::connection::Connection;
use diesel::query_builder::{AsChangeset, QueryFragment};

use crate::blocking::bounds::SavesTrackedOn;
#[cfg(feature = "retry")]
use crate::blocking::find::ModifiesOn;
use crate::blocking::lock::LocksOn;
use crate::blocking::reload::ReloadsOn;
#[cfg(feature = "retry")]
use crate::blocking::retry::RetryDsl as _;
use crate::blocking::saves::SavesOn;
use crate::blocking::update::UpdatesOn;
use crate::conflict::Conflict;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::columns::HasUnversioned;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::read;
#[cfg(feature = "retry")]
use crate::retry::failure::ModifyOutcome;
#[cfg(feature = "retry")]
use crate::retry::policy::RetryPolicy;
use crate::statement::assign::{Changes, Nothing, UnversionedFields, WholeRow};
use crate::statement::guard::{Always, Guarded, If, Predicate};
use crate::statement::lock::LockMode;

/// Version-checked writing, for every [`OptimisticLock`] and every Diesel connection: `SqliteConnection`,
/// `PgConnection`, `MysqlConnection`, pooled ones, and wrappers of your own.
///
/// All examples on this page start like this:
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::prelude::*;
#[doc = include_str!("../example.txt")]
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
/// After a panic in an operation, such as in your own `ToSql`, whatever it had begun is rolled back, and the connection goes
/// on; one that cannot be rolled back is refused from then on
/// ([`needs_new_connection`](crate::Error::needs_new_connection)).
///
/// # Transactions
///
/// Each method sends its statement on the connection as it is. Outside of a transaction that is atomic by itself.
/// Inside of one the write counts only once the transaction has committed. **After a rollback the value is ahead of
/// its row: reload it.** If it is kept, and others then move the row up to the same version, a later save overwrites
/// them unnoticed.
pub trait OptimisticDsl: OptimisticLock {
    /// Writes every column of the struct and the next version, if the row is still at this version.
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
    #[doc = include_str!("../example.txt")]
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
        Self: SavesOn<C>,
    {
        self.write(Operation::Save, None, WholeRow, conn)
    }

    /// [`save_optimistic`](Self::save_optimistic), if `guard` holds for the row as well: any predicate of Diesel's on its table.
    ///
    /// For what the version does not tell, such as columns that others write without moving it on. Where the guard does
    /// not hold, and the version does, it is [`Error::Guard`] and not a conflict. (Under `REPEATABLE READ` MySQL cannot tell
    /// these two once the transaction has read the row: then run it again.)
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.name = "desk lamp".into();
    /// lamp.save_optimistic_if(products::quantity.gt(0), conn)?;
    /// assert!(matches!(lamp.save_optimistic_if(products::quantity.eq(0), conn), Err(Error::Guard(_))));
    /// # Ok::<_, Error>(())
    /// ```
    fn save_optimistic_if<C, P>(&mut self, guard: P, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: SavesOn<C>,
        P: Predicate<Self::Table> + QueryFragment<C::Backend>,
    {
        self.write(Operation::Save, None, Guarded { assignments: WholeRow, guard: If(guard) }, conn)
    }

    /// Writes only `changes`, any Diesel changeset for this table, and the next version. The value becomes the row as it is
    /// then: with what the database has computed, what triggers have made of it, and what others have written that moves no
    /// version. Edits of it that were not saved are gone.
    ///
    /// One `UPDATE .. RETURNING` on PostgreSQL; elsewhere an `UPDATE` and a `SELECT`, in a transaction that is begun for them.
    /// On SQLite too, whose `RETURNING` does not see what triggers write. A changeset with nothing in it still checks the
    /// version and moves it on. Needs `#[derive(Queryable, Selectable)]`; without, there is [`OptimisticLock::at`].
    ///
    /// # Errors
    ///
    /// As of [`save_optimistic`](Self::save_optimistic), and the value is what it was. Changes that set the key are an error on
    /// SQLite and MySQL, where the row is not found again, and nothing is written. A row that cannot be read as the struct is Diesel's
    /// `DeserializationError`: on PostgreSQL outside of a transaction it is written nevertheless, elsewhere it is rolled back.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.update_optimistic(products::quantity.eq(products::quantity - 1), conn)?;
    /// assert_eq!((lamp.quantity, lamp.version), (9, 2));
    /// # Ok::<_, Error>(())
    /// ```
    fn update_optimistic<C, S>(&mut self, changes: S, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: UpdatesOn<C>,
        S: AsChangeset<Target = Self::Table, Changeset: QueryFragment<C::Backend>>,
    {
        self.update(None, Changes(changes.as_changeset()), conn)
    }

    /// Advances the version and writes nothing else: for the root of an aggregate, as [`with_children`](crate::AggregateDsl::with_children) does.
    ///
    /// One `UPDATE`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// lamp.touch_optimistic(conn)?;
    /// assert_eq!(lamp.version, 2);
    /// # Ok::<_, Error>(())
    /// ```
    fn touch_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: SavesOn<C>,
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
    #[doc = include_str!("../example.txt")]
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
        Self: SavesOn<C>,
    {
        self.delete(None, Always, conn)
    }

    /// [`delete_optimistic`](Self::delete_optimistic), if `guard` holds for the row as well: see
    /// [`save_optimistic_if`](Self::save_optimistic_if).
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// assert!(matches!(lamp.delete_optimistic_if(products::quantity.eq(0), conn), Err(Error::Guard(_))));
    /// lamp.delete_optimistic_if(products::quantity.eq(10), conn)?;
    /// # Ok::<_, Error>(())
    /// ```
    fn delete_optimistic_if<C, P>(&self, guard: P, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: SavesOn<C>,
        P: Predicate<Self::Table> + QueryFragment<C::Backend>,
    {
        self.delete(None, If(guard), conn)
    }

    /// Writes the fields that are `#[occ(unversioned)]`, which a save leaves alone: a counter of views, the time of the last
    /// visit. Checks no version and changes none, so the last writer wins, and nobody's save is refused for it.
    ///
    /// One `UPDATE`. A row that is gone is [`Error::Stale`].
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// # diesel::table! { pages (id) { id -> Integer, title -> Text, views -> Integer, version -> Integer } }
    /// #[derive(Clone, Queryable, Selectable, OptimisticLock)]
    /// struct Page {
    ///     id: i32,
    ///     title: String,
    ///     #[occ(unversioned)]
    ///     views: i32,
    ///     version: i32,
    /// }
    ///
    /// # let conn = &mut SqliteConnection::establish(":memory:").unwrap();
    /// # diesel::sql_query("CREATE TABLE pages (id INTEGER PRIMARY KEY, title TEXT NOT NULL, views INTEGER NOT NULL, \
    /// #     version INTEGER NOT NULL)").execute(conn)?;
    /// # diesel::sql_query("INSERT INTO pages VALUES (1, 'Doors', 7, 1)").execute(conn)?;
    /// # let page: Page = pages::table.find(1).select(Page::as_select()).first(conn)?;
    /// let (mut seen, mut edited) = (page.clone(), page);
    /// seen.views += 1;
    /// seen.save_unversioned(conn)?;
    /// edited.title = "Locks".into();
    /// edited.save_optimistic(conn)?; // is at its version, and leaves the views alone
    /// # edited.reload(conn)?;
    /// # assert_eq!((edited.views, edited.version), (8, 2));
    /// # Ok::<_, Error>(())
    /// ```
    fn save_unversioned<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: SavesTrackedOn<C> + HasUnversioned,
    {
        self.put_unversioned(UnversionedFields, conn)
    }

    /// `Ok` while the row is at this version.
    ///
    /// One `SELECT`. The answer is about a moment that has passed when it arrives: it replaces no check of a write.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
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
        Self: SavesOn<C>,
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
    /// use occ_runtime::{LockMode, SavesOn, LocksOn};
    ///
    /// fn save_alone<C, M>(model: &mut M, conn: &mut C) -> Result<(), Error>
    /// where
    ///     C: Connection,
    ///     M: SavesOn<C> + LocksOn<C>,
    /// {
    ///     conn.transaction(|conn| {
    ///         model.lock_optimistic(LockMode::for_update(), conn)?;
    ///         // nobody else writes the row from here on
    ///         model.save_optimistic(conn)
    ///     })
    /// }
    /// ```
    fn lock_optimistic<C>(&self, mode: LockMode, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: LocksOn<C>,
    {
        self.lock(mode, conn)
    }

    /// Loads the row, applies `f` and saves; does it again when somebody else was first, within the default
    /// [`RetryPolicy`](crate::RetryPolicy). Returns the row as it was saved.
    ///
    /// `key` is what Diesel's `find` takes: a value, or a tuple. `f` may run several times, each time on the row as it
    /// is then, so it should do nothing but change it. It returns nothing, or a `Result<(), E>` with any
    /// `E: From<Error>`; an error of its own ends it, and nothing is written ([an example](crate::RetryDsl::modify)).
    ///
    /// One `SELECT` and one `UPDATE` an attempt, also of one that is lost: the next one reads the row anyway. The `UPDATE` checks the version, so they need no transaction around them;
    /// once the row is locked, they have one. Needs `#[derive(Queryable, Selectable)]`. For another policy there is
    /// [`RetryDsl::modify`](crate::RetryDsl::modify).
    ///
    /// # Errors
    ///
    /// [`Error::RetriesExhausted`] once the policy gives up, with the last error in it. [`Error::NestedRetry`] within a
    /// transaction, where nothing is sent. Diesel's `NotFound` if there is no such row, also when it was deleted between
    /// two attempts. What is not [retryable](Error::is_retryable), as it is.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let lamp = Product::modify_optimistic(1, conn, |lamp| lamp.quantity -= 1)?;
    /// assert_eq!((lamp.quantity, lamp.version), (9, 2));
    /// # Ok::<_, Error>(())
    /// ```
    #[cfg(feature = "retry")]
    fn modify_optimistic<C, K, R, F>(key: K, conn: &mut C, f: F) -> Result<Self, R::Error>
    where
        C: Connection,
        Self: SavesOn<C> + ModifiesOn<C, K>,
        R: ModifyOutcome,
        F: FnMut(&mut Self) -> R,
    {
        RetryPolicy::default().modify(key, conn, f)
    }

    #[cfg(not(feature = "retry"))]
    #[doc(hidden)]
    fn modify_optimistic<C, K, R, F>(key: K, conn: &mut C, f: F) -> Result<Self, Error>
    where
        Self: crate::private::missing::RetryIsEnabled,
        F: FnMut(&mut Self) -> R,
    {
        let _ = (key, conn, f);
        crate::model::declared::never()
    }

    /// Becomes what the row is now.
    ///
    /// One `SELECT`. Needs `#[derive(Queryable, Selectable)]`. A row that is gone is [`Error::Stale`], and the value
    /// stays what it was.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
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
        Self: ReloadsOn<C>,
    {
        read::reload(self, Self::now(self, conn)?)
    }

    /// Becomes both sides of a conflict, after a save was refused: this value, and the row as it is now.
    ///
    /// One `SELECT`. Needs `#[derive(Queryable, Selectable)]`. A row that is gone is no error here:
    /// [`Conflict::is_deleted`](crate::Conflict::is_deleted). See [`Conflict`](crate::Conflict) for an example.
    fn into_conflict<C>(self, conn: &mut C) -> Result<Conflict<Self>, Error>
    where
        C: Connection,
        Self: ReloadsOn<C>,
    {
        let now = Self::now(&self, conn)?;
        Ok(Conflict::new(self, now.row, None))
    }
}

impl<M: OptimisticLock> OptimisticDsl for M {}
