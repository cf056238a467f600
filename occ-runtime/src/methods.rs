//! The methods for Diesel's own, blocking connections.

use diesel::RunQueryDsl;
use diesel::connection::{Connection, LoadConnection, TransactionManager as _};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::{AsSelect, SqlTypeOf};
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{AsChangeset, QueryFragment, QueryId};
use diesel::query_dsl::methods::ExecuteDsl;
use diesel::sql_types::{SingleValue, SqlType};

use crate::error::{Error, Operation};
use crate::generator::VersionGenerator;
use crate::lock::{LockMode, LockVersion, RowLocks};
use crate::model::{Columns, OptimisticLock};
use crate::operation;
use crate::statement::{
    Assignments, Changes, CurrentRow, CurrentVersion, Delete, FromClause, Nothing, ReturningVersion, Update,
    WholeRow,
};

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
}

impl<M: OptimisticLock> OptimisticDsl for M {}

/// Version-checked writing of many rows at once: for slices, and so for a `Vec`.
///
/// All or nothing: one transaction, or a savepoint where one is open. If rows are stale, all of them are named in
/// [`Error::StaleBatch`] and nothing is written. The versions in memory move on after the commit, all together. Two values
/// for one row are refused before anything is sent; an empty slice is `Ok` and sends nothing.
///
/// Each row is one prepared statement, sent one after the other.
pub trait OptimisticBatchDsl<M: OptimisticLock> {
    /// Saves every value, as [`save_optimistic`](OptimisticDsl::save_optimistic) does.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("example.txt")]
    /// # let conn = &mut connection();
    /// let mut products: Vec<Product> = products::table.select(Product::as_select()).load(conn)?;
    /// for product in &mut products {
    ///     product.quantity += 1;
    /// }
    /// products.save_all_optimistic(conn)?;
    /// assert!(products.iter().all(|product| product.version == 2));
    /// # Ok::<_, Error>(())
    /// ```
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: LocksOn<C>;

    /// Deletes the row of every value, as [`delete_optimistic`](OptimisticDsl::delete_optimistic) does.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("example.txt")]
    /// # let conn = &mut connection();
    /// let products: Vec<Product> = products::table.select(Product::as_select()).load(conn)?;
    /// products.delete_all_optimistic(conn)?;
    /// let Err(Error::StaleBatch(stale)) = products.delete_all_optimistic(conn) else { panic!("they are gone") };
    /// assert!(stale.rows()[0].is_deleted());
    /// # Ok::<_, Error>(())
    /// ```
    fn delete_all_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: LocksOn<C>;
}

impl<M: OptimisticLock> OptimisticBatchDsl<M> for [M] {
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: LocksOn<C>,
    {
        M::write_all(self, conn)
    }

    fn delete_all_optimistic<C>(&self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: LocksOn<C>,
    {
        M::delete_all(self, conn)
    }
}

/// A model that can be written, with its version checked, through the connection `C`: the bound for generic code.
///
/// Every derived struct has it for every connection whose backend can bind the struct's fields.
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, LocksOn};
///
/// fn save_both<C, A, B>(a: &mut A, b: &mut B, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     A: LocksOn<C>,
///     B: LocksOn<C>,
/// {
///     a.save_optimistic(conn)?;
///     b.save_optimistic(conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no optimistic lock on `{C}`",
    label = "cannot be saved through this connection",
    note = "add `#[derive(OptimisticLock)]` to `{Self}`"
)]
pub trait LocksOn<C: Connection>: Columns<C::Backend> {
    #[doc(hidden)]
    fn write<A>(
        &mut self,
        operation: Operation,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> Result<(), Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn put<A>(
        &self,
        operation: Operation,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn put_generated<A>(
        &self,
        operation: Operation,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn write_all(rows: &mut [Self], conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn delete_all(rows: &[Self], conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn delete(&self, conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn verify(&self, conn: &mut C) -> Result<(), Error>;
}

impl<M, C> LocksOn<C> for M
where
    C: Connection<Backend: QueryMetadata<SqlTypeOf<M::VersionColumn>> + 'static> + LoadConnection,
    M: Columns<C::Backend>,
    M::Version: FromSqlRow<SqlTypeOf<M::VersionColumn>, C::Backend>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + 'static,
    FromClause<M>: QueryFragment<C::Backend>,
{
    operation::lock_operations!(ExecuteDsl::execute, RunQueryDsl::get_result, RunQueryDsl::get_results, end);
}

/// A model whose row can be locked through the connection `C`: the bound for
/// [`OptimisticDsl::lock_optimistic`].
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{LocksRowsOn, Error, LockMode};
///
/// fn is_free<C, M>(model: &M, conn: &mut C) -> bool
/// where
///     C: Connection,
///     M: LocksRowsOn<C>,
/// {
///     model.lock_optimistic(LockMode::Update.skip_locked(), conn).is_ok()
/// }
/// ```
pub trait LocksRowsOn<C: Connection>: Columns<C::Backend> {
    #[doc(hidden)]
    fn lock(&self, mode: LockMode, conn: &mut C) -> Result<(), Error>;
}

impl<M, C> LocksRowsOn<C> for M
where
    C: Connection<Backend: RowLocks + QueryMetadata<SqlTypeOf<M::VersionColumn>> + 'static> + LoadConnection,
    M: Columns<C::Backend>,
    M::Version: FromSqlRow<SqlTypeOf<M::VersionColumn>, C::Backend>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + 'static,
    FromClause<M>: QueryFragment<C::Backend>,
{
    operation::row_lock_operations!(RunQueryDsl::get_result);
}

/// A model that can also be read again through the connection `C`: the bound for [`OptimisticDsl::reload`].
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, LoadsOn, LocksOn};
///
/// fn save_or_reload<C, M>(model: &mut M, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     M: LocksOn<C> + LoadsOn<C>,
/// {
///     model.save_optimistic(conn).or_else(|_| model.reload(conn))
/// }
/// ```
pub trait LoadsOn<C>: OptimisticLock {
    #[doc(hidden)]
    fn read(&mut self, conn: &mut C) -> Result<(), Error>;
}

impl<M, C> LoadsOn<C> for M
where
    M: OptimisticLock,
    C: Reads<M>,
{
    fn read(&mut self, conn: &mut C) -> Result<(), Error> {
        conn.read_again(self)
    }
}

/// [`LoadsOn`] seen from the connection: so that a model that cannot be read is one error, once the connection is known.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{M}` cannot be reloaded",
    label = "its row cannot be selected as `{M}`",
    note = "add `#[derive(Queryable, Selectable)]` to `{M}`"
)]
pub trait Reads<M> {
    fn read_again(&mut self, row: &mut M) -> Result<(), Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C, E, ST> Reads<M> for C
where
    C: Connection<Backend: QueryMetadata<AsSelect<M, C::Backend>> + 'static> + LoadConnection,
    M: Columns<C::Backend>
        + Selectable<C::Backend, SelectExpression = E>
        + FromSqlRow<ST, C::Backend>
        + 'static,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table> + QueryFragment<C::Backend> + QueryId,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend>,
{
    operation::load_operations!(RunQueryDsl::get_result);
}

/// Commits what went well, and rolls back what did not.
fn end<C: Connection, T>(outcome: Result<T, Error>, conn: &mut C) -> Result<T, Error> {
    match outcome {
        Ok(value) => {
            C::TransactionManager::commit_transaction(conn)?;
            Ok(value)
        }
        Err(error) => match C::TransactionManager::rollback_transaction(conn) {
            Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => Err(error),
            Err(rollback) => Err(rollback.into()),
        },
    }
}
