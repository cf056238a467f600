//! A row that is not in memory: what can be done with its key and its version.

use std::fmt::Debug;

use diesel::Table;
use diesel::connection::{Connection, LoadConnection};
use diesel::expression::QueryMetadata;
use diesel::expression_methods::EqAll;
use diesel::query_builder::{AsChangeset, QueryFragment, QueryId};
use diesel::sql_types::{SingleValue, SqlType};

use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::at::At;
use crate::model::columns::Columns;
use crate::model::declared::{ReadBack, VersionSqlType};
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::soft_delete::SoftDelete;
use crate::model::versioned::Versioned;
use crate::operation::at;
use crate::statement::at::KeyedRow;
use crate::statement::dialect::Speaks;
use crate::statement::lock::{LockMode, RowLocks};
use crate::statement::row_key::FromClause;
// What the bodies name.
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its bodies name")]
use crate::operation::at::*;

/// What can be done with a row that is not in memory: [`At`], which [`OptimisticLock::at`] makes of a key and a version.
///
/// Nothing is loaded for it, and nothing in memory changes: the writes give the new version back. In an
/// [`optimistic_transaction`](crate::optimistic_transaction) that is rolled back it is the version of nothing.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// let (id, version_in_the_form) = (1, 1);
/// let refused = Product::at(id, version_in_the_form + 1).update(products::name.eq("desk lamp"), conn);
/// let Err(Error::Stale(stale)) = refused else { panic!("the row is at version 1") };
/// assert_eq!((stale.table(), stale.key(), stale.actual()), ("products", "1", Some("1")));
/// # Ok::<_, Error>(())
/// ```
pub trait AtDsl: Sized {
    /// What the row would be loaded as.
    type Model: OptimisticLock;
    /// What it is found by.
    type Key;

    /// Writes `changes`, any Diesel changeset for the table, and the next version, which it gives back.
    ///
    /// One `UPDATE`. A changeset with nothing in it still checks the version and moves it on.
    ///
    /// # Errors
    ///
    /// Changes that set the key are an error where the database makes the version, except on PostgreSQL: the row is not found again, and
    /// nothing is written.
    ///
    /// [`Error::Stale`] if the row is at another version, or gone: one `SELECT` more tells which. [`Error::Version`] if there is no
    /// next version; then nothing is sent. [`Error::Database`] for all else.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let version = Product::at(1, 1).update(products::quantity.eq(products::quantity - 1), conn)?;
    /// assert_eq!(version, 2);
    /// # Ok::<_, Error>(())
    /// ```
    fn update<C, S>(
        self,
        changes: S,
        conn: &mut C,
    ) -> Result<<Self::Model as OptimisticLock>::Version, Error>
    where
        C: Connection,
        Self::Model: AtOn<C, Self::Key>,
        S: AsChangeset<Target = <Self::Model as OptimisticLock>::Table, Changeset: QueryFragment<C::Backend>>;

    /// Moves the version on and writes nothing else; gives the new version back.
    ///
    /// One `UPDATE`. Errors as of [`update`](Self::update). Where the database makes the version, the first column of the key is
    /// set to itself, so that the trigger runs.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// assert_eq!(Product::at(1, 1).touch(conn)?, 2);
    /// # Ok::<_, Error>(())
    /// ```
    fn touch<C>(self, conn: &mut C) -> Result<<Self::Model as OptimisticLock>::Version, Error>
    where
        C: Connection,
        Self::Model: AtOn<C, Self::Key>;

    /// Deletes the row.
    ///
    /// One `DELETE`. Errors as of [`update`](Self::update).
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// Product::at(1, 1).delete(conn)?;
    /// let Err(Error::Stale(gone)) = Product::at(1, 1).delete(conn) else { panic!("it was deleted") };
    /// assert!(gone.is_deleted());
    /// # Ok::<_, Error>(())
    /// ```
    fn delete<C>(self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self::Model: AtOn<C, Self::Key>;

    /// Undoes the deletion of a row that was deleted by a [mark](crate::SoftDelete), and gives its new version back.
    ///
    /// One `UPDATE`. Errors as of [`update`](Self::update); a row that is not deleted is [`Error::Guard`].
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example_soft.txt")]
    /// # let conn = &mut connection();
    /// Note::at(1, 1).delete(conn)?;
    /// assert_eq!(Note::at(1, 2).restore(conn)?, 3);
    /// assert!(matches!(Note::at(1, 3).restore(conn), Err(Error::Guard(_))));
    /// # Ok::<_, Error>(())
    /// ```
    fn restore<C>(self, conn: &mut C) -> Result<<Self::Model as OptimisticLock>::Version, Error>
    where
        C: Connection,
        Self::Model: AtOn<C, Self::Key> + SoftDelete;

    /// `Ok` while the row is at this version. It replaces no check of a write.
    ///
    /// One `SELECT`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// Product::at(1, 1).verify(conn)?;
    /// assert!(Product::at(1, 7).verify(conn).unwrap_err().is_stale());
    /// # Ok::<_, Error>(())
    /// ```
    fn verify<C>(self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self::Model: AtOn<C, Self::Key>;

    /// Takes a lock on the row, which holds until the transaction ends, and checks the version. Only within a transaction, as
    /// [`lock_optimistic`](crate::OptimisticDsl::lock_optimistic).
    ///
    /// One `SELECT`.
    ///
    /// ```
    /// use diesel::Connection;
    /// use occ_runtime::{Error, LockMode, bound::{AtOn, RowLocks}, prelude::*};
    ///
    /// fn lock<C, M>(id: i32, seen: M::Version, conn: &mut C) -> Result<(), Error>
    /// where
    ///     C: Connection<Backend: RowLocks>,
    ///     M: AtOn<C, i32>,
    /// {
    ///     M::at(id, seen).lock(LockMode::for_update(), conn)
    /// }
    /// ```
    fn lock<C>(self, mode: LockMode, conn: &mut C) -> Result<(), Error>
    where
        C: Connection<Backend: RowLocks>,
        Self::Model: AtOn<C, Self::Key>;
}

impl<M: OptimisticLock, K> AtDsl for At<M, M::Version, K> {
    type Model = M;
    type Key = K;

    fn update<C, S>(self, changes: S, conn: &mut C) -> Result<M::Version, Error>
    where
        C: Connection,
        M: AtOn<C, K>,
        S: AsChangeset<Target = M::Table, Changeset: QueryFragment<C::Backend>>,
    {
        M::put_at::<_, false>(self, changes.as_changeset(), conn)
    }

    fn touch<C>(self, conn: &mut C) -> Result<M::Version, Error>
    where
        C: Connection,
        M: AtOn<C, K>,
    {
        M::put_at::<_, true>(self, (), conn)
    }

    fn delete<C>(self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: AtOn<C, K>,
    {
        M::delete_at(self, conn)
    }

    fn restore<C>(self, conn: &mut C) -> Result<M::Version, Error>
    where
        C: Connection,
        M: AtOn<C, K> + SoftDelete,
    {
        M::restore_at(self, conn)
    }

    fn verify<C>(self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        M: AtOn<C, K>,
    {
        M::verify_at(self, conn)
    }

    fn lock<C>(self, mode: LockMode, conn: &mut C) -> Result<(), Error>
    where
        C: Connection<Backend: RowLocks>,
        M: AtOn<C, K>,
    {
        M::lock_at(self, mode, conn)
    }
}

/// A model whose row can be written by a key `K` and a version through the connection `C`: the bound for generic code about
/// [`at`](crate::OptimisticLock::at).
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, bound::AtOn};
///
/// fn touch_seen<C, M>(id: i32, seen: M::Version, conn: &mut C) -> Result<M::Version, Error>
/// where
///     C: Connection,
///     M: AtOn<C, i32>,
/// {
///     M::at(id, seen).touch(conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no row of `{Self}` can be written by a key of type `{K}`",
    label = "not by such a key, or this is no connection",
    note = "the key is what Diesel's `find` takes: a value, or a tuple for a key of several columns, in the order of `table!`",
    note = "`{Self}` needs `#[derive(OptimisticLock)]` and a version; a row without one is written as `Tracked<{Self}>`",
    note = "in a generic function the bound is `{Self}: AtOn<{C}, {K}>`"
)]
pub trait AtOn<C: Connection, K>: Versioned {
    #[doc(hidden)]
    type Finder;

    #[doc(hidden)]
    fn put_at<S, const TOUCHES: bool>(
        at: At<Self, Self::Version, K>,
        changes: S,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        S: QueryFragment<C::Backend>;

    #[doc(hidden)]
    fn put_counted_at<S, const TOUCHES: bool>(
        operation: Operation,
        row: &KeyedRow<Self, Self::Finder>,
        expected: &Self::Version,
        changes: S,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        S: QueryFragment<C::Backend>;

    #[doc(hidden)]
    fn put_generated_at<S, const TOUCHES: bool>(
        operation: Operation,
        row: &KeyedRow<Self, Self::Finder>,
        expected: &Self::Version,
        changes: S,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        S: QueryFragment<C::Backend>;

    #[doc(hidden)]
    fn put_row_at<S, const TOUCHES: bool>(
        operation: Operation,
        row: KeyedRow<Self, Self::Finder>,
        expected: Self::Version,
        changes: S,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        S: QueryFragment<C::Backend>;

    #[doc(hidden)]
    fn restore_at(at: At<Self, Self::Version, K>, conn: &mut C) -> Result<Self::Version, Error>;

    #[doc(hidden)]
    fn refusal_at(
        operation: Operation,
        row: &KeyedRow<Self, Self::Finder>,
        expected: &Self::Version,
        rows: usize,
        conn: &mut C,
    ) -> Error;

    #[doc(hidden)]
    fn delete_at(at: At<Self, Self::Version, K>, conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn verify_at(at: At<Self, Self::Version, K>, conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn lock_at(at: At<Self, Self::Version, K>, mode: LockMode, conn: &mut C) -> Result<(), Error>
    where
        C::Backend: RowLocks;
}

#[diagnostic::do_not_recommend]
impl<M, C, K, P> AtOn<C, K> for M
where
    M: Columns<C::Backend> + Versioned,
    C: Connection<Backend: Speaks + QueryMetadata<VersionSqlType<M>> + 'static> + LoadConnection,
    M::Version: ReadBack<VersionSqlType<M>, C::Backend, M::Checks>,
    VersionSqlType<M>: SqlType + SingleValue + 'static,
    FromClause<M>: QueryFragment<C::Backend>,
    M::Table: Table<PrimaryKey: EqAll<K, Output = P>>,
    P: QueryFragment<C::Backend> + QueryId,
    K: Debug,
{
    at::writes!(blocking);
    at::parts!(blocking);
    at::generated!(blocking);
    at::deletes_and_looks!(blocking);
}
