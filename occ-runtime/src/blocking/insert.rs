//! The methods that make rows, for Diesel's own, blocking connections.

use diesel::connection::Connection;

use crate::blocking::create::CreatesOn;
use crate::blocking::new_row::InsertsOn;
use crate::error::Error;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::upserted::{Created, Upserted};
use crate::statement::new_row::{KeyOf, NewRow};
use crate::version::expect::Expect;

/// Making rows, each at its first version, for every [`OptimisticLock`] and every Diesel connection.
///
/// All examples on this page start like this:
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::prelude::*;
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// assert_eq!(lamp.version, 1);
/// # QueryResult::Ok(())
/// ```
///
/// # After an error
///
/// Nothing is written, save where a method says so, and the value is what it was before the call, as with the methods of
/// [`OptimisticDsl`](crate::OptimisticDsl). A key that is taken does not abort the transaction around the call, on PostgreSQL
/// neither: only in one that is `REPEATABLE READ` or `SERIALIZABLE`, where the row may have been made after its first statement, which is a
/// serialization failure, and [retryable](crate::Error::is_retryable).
///
/// # Several unique indexes
///
/// Only the key decides whether a row is there. What violates another unique index is the database's own error
/// (`UniqueViolation`), which aborts a transaction on PostgreSQL. Where both are taken it is the key that is
/// said.
///
/// # What the database has to have
///
/// PostgreSQL and SQLite are asked by `ON CONFLICT` for the key's columns: without a unique index on exactly these, or with one that is
/// deferrable or partial, they say so, in an error.
pub trait OptimisticInsertDsl: OptimisticLock {
    /// Inserts the whole struct, key included, at the generator's first version, which is in memory afterwards. The version that was
    /// in memory before means nothing.
    ///
    /// One `INSERT`, with the columns that are `unversioned` too. Where the database makes the version, that
    /// is left out and read back: by `RETURNING` on PostgreSQL (feature `postgres`), elsewhere by a `SELECT` in the same
    /// transaction. `None` is NULL, unless the field says `#[diesel(treat_none_as_null = false)]`.
    ///
    /// A struct that embeds another (`#[diesel(embed)]`), or has a field besides the version that is `skip_update`, cannot be inserted whole:
    /// [`create_optimistic`](Self::create_optimistic) makes its rows.
    ///
    /// # Errors
    ///
    /// [`Error::Exists`] if the key is taken, with the version there: one `SELECT` more reads it. [`Error::Database`] for all else; among
    /// it what a deadlock makes of that `SELECT`, on MySQL. A key that may be 0 or NULL is looked for in the same transaction on
    /// MySQL, MariaDB and SQLite, which make another one where such a key is to be made (`AUTO_INCREMENT`, `INTEGER PRIMARY KEY`): then
    /// the row is rolled back, and the error says so.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let mut desk = Product { id: 2, name: "desk".into(), quantity: 3, version: 0 };
    /// desk.insert_optimistic(conn)?;
    /// assert_eq!(desk.version, 1);
    ///
    /// let Err(Error::Exists(exists)) = desk.insert_optimistic(conn) else { panic!("it is there") };
    /// assert_eq!((exists.key(), exists.actual()), ("2", Some("1")));
    /// # Ok::<_, Error>(())
    /// ```
    fn insert_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: InsertsOn<C>,
    {
        self.insert(conn)
    }

    /// Inserts `values`, with the generator's first version, and gives the row back as it is then: with the key that the database has made,
    /// and its defaults.
    ///
    /// `values` is whatever Diesel can insert into the table as one row: a struct with `#[derive(Insertable)]` or a reference to one, an
    /// equation, a tuple. It has no version; that is added.
    ///
    /// One `INSERT .. RETURNING` on PostgreSQL, which shows what `BEFORE` triggers have made of the row, and not what `AFTER` triggers write
    /// to it: [`reload`](crate::OptimisticDsl::reload) a row that has such. SQLite, whose `RETURNING` sees no triggers, reads the row once
    /// more in the same transaction. On MySQL and MariaDB, whose `INSERT` does not answer through Diesel, it is an `INSERT` and a `SELECT`
    /// by `LAST_INSERT_ID()` in a transaction, and so only for a key that is one `AUTO_INCREMENT` column of a table, neither temporary nor a
    /// view: for others there are [`create_if_absent`](Self::create_if_absent) and [`insert_optimistic`](Self::insert_optimistic). Needs
    /// `#[derive(Queryable, Selectable)]`.
    ///
    /// # Errors
    ///
    /// [`Error::Database`]: a key in `values` that is taken is the database's `UniqueViolation`, as in any `INSERT`. An error that says
    /// that the key is not known, on MySQL, after a rollback. Diesel's `DeserializationError`, if the new row does not fit the struct: on
    /// PostgreSQL outside of a transaction the row is there nevertheless, elsewhere it is rolled back.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// #[derive(Insertable)]
    /// #[diesel(table_name = products)]
    /// struct NewProduct<'a> {
    ///     name: &'a str,
    ///     quantity: i32,
    /// }
    ///
    /// let desk = Product::create_optimistic(NewProduct { name: "desk", quantity: 3 }, conn)?;
    /// assert_eq!((desk.id, desk.version), (2, 1));
    /// let chair = Product::create_optimistic((products::name.eq("chair"), products::quantity.eq(4)), conn)?;
    /// assert_eq!((chair.id, chair.version), (3, 1));
    /// # Ok::<_, Error>(())
    /// ```
    fn create_optimistic<C, V>(values: V, conn: &mut C) -> Result<Self, Error>
    where
        C: Connection,
        Self: CreatesOn<C>,
        V: NewRow<Self, C::Backend>,
    {
        Self::create(values.values(false), conn)
    }

    /// The row with this key: a new one of `values`, as [`create_optimistic`](Self::create_optimistic) makes it, or the one that is
    /// there, which stays as it is. Who loses the race of two creators gets the other's row, and no error.
    ///
    /// `key` is what Diesel's `find` takes, and `values` have the same key: a new row that has another one, or one that the database has made,
    /// is rolled back, and the error says so.
    ///
    /// One `INSERT .. RETURNING` on PostgreSQL, and one `SELECT` if the key is taken; elsewhere an `INSERT` and a `SELECT` in a
    /// transaction; on MySQL and MariaDB, where the database makes the version, also a `SET` that looks for the key first. The key is that of
    /// `table!`, also for a struct that is `#[occ(unique_key)]`.
    ///
    /// On PostgreSQL, in a transaction that is `REPEATABLE READ` or `SERIALIZABLE`, a row that was made after its first statement ends it
    /// with a serialization failure, which is [retryable](Error::is_retryable).
    ///
    /// # Errors
    ///
    /// [`Error::Database`]; among them that `values` have another key, which on PostgreSQL aborts an open transaction, as an error of the
    /// server does; and Diesel's `NotFound`, if the row was there and is deleted before it is read: then call it again. A new
    /// row that cannot be read is as of [`create_optimistic`](Self::create_optimistic), and one of a key that is 0 or NULL
    /// as of [`insert_optimistic`](Self::insert_optimistic).
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::Created;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let desk = (products::id.eq(2), products::name.eq("desk"), products::quantity.eq(3));
    /// let Created::New(made) = Product::create_if_absent(desk, 2, conn)? else { panic!("it was not there") };
    /// let Created::Existing(found) = Product::create_if_absent(desk, 2, conn)? else { panic!("it is there") };
    /// assert_eq!((made.version, found.version), (1, 1));
    /// # Ok::<_, Error>(())
    /// ```
    fn create_if_absent<C, V, K>(values: V, key: K, conn: &mut C) -> Result<Created<Self>, Error>
    where
        C: Connection,
        Self: CreatesOn<C>,
        V: NewRow<Self, C::Backend>,
        K: KeyOf<Self, C::Backend>,
    {
        Self::create_or_find(values.values(true), key.found(), conn)
    }

    /// Creates the row, or replaces it, with the check that `expect` asks for. The version moves on from that of the row, and is
    /// in memory afterwards; the one that was in memory before means nothing.
    ///
    /// | `expect` | the row is | outcome | statements |
    /// |---|---|---|---|
    /// | [`Absent`](Expect::Absent) | not there | `Inserted`, at the first version | 1 `INSERT` |
    /// | | there | [`Error::Exists`] | and 1 `SELECT` |
    /// | [`At(v)`](Expect::At) | at `v` | `Updated`, at the next version | 1 `UPDATE` |
    /// | | at another version, or gone | [`Error::Stale`] | and 1 `SELECT` |
    /// | [`Any`](Expect::Any) | there | `Updated`, at the next version | 1 `SELECT`, 1 `UPDATE` |
    /// | | not there | `Inserted`, at the first version | 1 `SELECT`, 1 `INSERT` |
    ///
    /// With `Any` somebody else may be there first, between the two statements: then the row is locked and written in a transaction of
    /// its own, or in a savepoint where one is open. No write of others is lost without having been the row's version before. A row that
    /// others make and delete all the time ends in an error that is [retryable](Error::is_retryable). On PostgreSQL, in a transaction that
    /// is `REPEATABLE READ` or `SERIALIZABLE`, whatever was written after its first statement ends it with a serialization failure, which
    /// is retryable too.
    ///
    /// As a save does, an update leaves the columns alone that are `unversioned`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::Upserted;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let mut lamp = Product { id: 1, name: "desk lamp".into(), quantity: 3, version: 0 };
    /// assert_eq!(lamp.upsert_optimistic(Expect::At(1), conn)?, Upserted::Updated);
    /// assert_eq!(lamp.version, 2);
    ///
    /// let version_of_the_client = 1;
    /// let refused = lamp.upsert_optimistic(Expect::At(version_of_the_client), conn);
    /// assert!(refused.unwrap_err().is_stale());
    /// # Ok::<_, Error>(())
    /// ```
    fn upsert_optimistic<C>(&mut self, expect: Expect<Self::Version>, conn: &mut C) -> Result<Upserted, Error>
    where
        C: Connection,
        Self: InsertsOn<C>,
    {
        self.upsert(expect, conn)
    }
}

impl<M: OptimisticLock> OptimisticInsertDsl for M {}
