//! The same for async connections.

use std::fmt::Debug;
use std::future::Future;

use diesel::Table;
use diesel::expression::QueryMetadata;
use diesel::expression_methods::EqAll;
use diesel::query_builder::{AsChangeset, QueryFragment, QueryId};
use diesel::sql_types::{SingleValue, SqlType};
use diesel_async::AsyncConnection;

use crate::asynchronous::boxed::BoxFuture;
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

/// [`AtDsl`](crate::AtDsl) for async connections: the methods have the same names, outcomes and statements.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{Error, bound::AsyncAtOn};
///
/// async fn delete_seen<C, M>(id: i32, seen: M::Version, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncAtOn<C, i32> + 'static,
/// {
///     M::at(id, seen).delete(conn).await
/// }
/// ```
pub trait AsyncAtDsl: Sized {
    /// What the row would be loaded as.
    type Model: OptimisticLock;
    /// What it is found by.
    type Key;

    /// As [`AtDsl::update`](crate::AtDsl::update).
    fn update<'a, C, S>(
        self,
        changes: S,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<<Self::Model as OptimisticLock>::Version, Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        Self::Model: AsyncAtOn<C, Self::Key>,
        S: AsChangeset<
                Target = <Self::Model as OptimisticLock>::Table,
                Changeset: QueryFragment<C::Backend> + Send + 'a,
            >;

    /// As [`AtDsl::touch`](crate::AtDsl::touch).
    fn touch<'a, C>(
        self,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<<Self::Model as OptimisticLock>::Version, Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        Self::Model: AsyncAtOn<C, Self::Key>;

    /// As [`AtDsl::delete`](crate::AtDsl::delete).
    fn delete<'a, C>(self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        Self::Model: AsyncAtOn<C, Self::Key>;

    /// As [`AtDsl::restore`](crate::AtDsl::restore).
    fn restore<'a, C>(
        self,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<<Self::Model as OptimisticLock>::Version, Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        Self::Model: AsyncAtOn<C, Self::Key> + SoftDelete;

    /// As [`AtDsl::verify`](crate::AtDsl::verify).
    fn verify<'a, C>(self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        Self::Model: AsyncAtOn<C, Self::Key>;

    /// As [`AtDsl::lock`](crate::AtDsl::lock).
    fn lock<'a, C>(self, mode: LockMode, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection<Backend: RowLocks>,
        Self: 'a,
        Self::Model: AsyncAtOn<C, Self::Key>;
}

impl<M: OptimisticLock, K: Send> AsyncAtDsl for At<M, M::Version, K> {
    type Model = M;
    type Key = K;

    fn update<'a, C, S>(self, changes: S, conn: &'a mut C) -> BoxFuture<'a, Result<M::Version, Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        M: AsyncAtOn<C, K>,
        S: AsChangeset<Target = M::Table, Changeset: QueryFragment<C::Backend> + Send + 'a>,
    {
        Box::pin(M::put_at::<_, false>(self, changes.as_changeset(), conn))
    }

    fn touch<'a, C>(self, conn: &'a mut C) -> BoxFuture<'a, Result<M::Version, Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        M: AsyncAtOn<C, K>,
    {
        Box::pin(M::put_at::<_, true>(self, (), conn))
    }

    fn delete<'a, C>(self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        M: AsyncAtOn<C, K>,
    {
        Box::pin(M::delete_at(self, conn))
    }

    fn restore<'a, C>(self, conn: &'a mut C) -> BoxFuture<'a, Result<M::Version, Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        M: AsyncAtOn<C, K> + SoftDelete,
    {
        Box::pin(M::restore_at(self, conn))
    }

    fn verify<'a, C>(self, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection,
        Self: 'a,
        M: AsyncAtOn<C, K>,
    {
        Box::pin(M::verify_at(self, conn))
    }

    fn lock<'a, C>(self, mode: LockMode, conn: &'a mut C) -> BoxFuture<'a, Result<(), Error>>
    where
        C: AsyncConnection<Backend: RowLocks>,
        Self: 'a,
        M: AsyncAtOn<C, K>,
    {
        Box::pin(M::lock_at(self, mode, conn))
    }
}

/// A model whose row can be written by a key `K` and a version through the async connection `C`: the bound for generic code about
/// [`at`](crate::OptimisticLock::at).
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{Error, bound::AsyncAtOn};
///
/// async fn touch_seen<C, M>(id: i32, seen: M::Version, conn: &mut C) -> Result<M::Version, Error>
/// where
///     C: AsyncConnection,
///     M: AsyncAtOn<C, i32> + 'static,
/// {
///     M::at(id, seen).touch(conn).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no row of `{Self}` can be written by a key of type `{K}`",
    label = "not by such a key, or this is no connection",
    note = "the key is what Diesel's `find` takes: a value, or a tuple for a key of several columns, in the order of `table!`",
    note = "`{Self}` needs `#[derive(OptimisticLock)]` and a version; a row without one is written as `Tracked<{Self}>`",
    note = "in a generic function the bound is `{Self}: AsyncAtOn<{C}, {K}>`"
)]
pub trait AsyncAtOn<C: AsyncConnection, K>: Versioned {
    #[doc(hidden)]
    type Finder;

    #[doc(hidden)]
    fn put_at<S, const TOUCHES: bool>(
        at: At<Self, Self::Version, K>,
        changes: S,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        S: QueryFragment<C::Backend> + Send;

    #[doc(hidden)]
    fn put_counted_at<S, const TOUCHES: bool>(
        operation: Operation,
        row: &KeyedRow<Self, Self::Finder>,
        expected: &Self::Version,
        changes: S,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        S: QueryFragment<C::Backend> + Send;

    #[doc(hidden)]
    fn put_generated_at<S, const TOUCHES: bool>(
        operation: Operation,
        row: &KeyedRow<Self, Self::Finder>,
        expected: &Self::Version,
        changes: S,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        S: QueryFragment<C::Backend> + Send;

    #[doc(hidden)]
    fn put_row_at<S, const TOUCHES: bool>(
        operation: Operation,
        row: KeyedRow<Self, Self::Finder>,
        expected: Self::Version,
        changes: S,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        S: QueryFragment<C::Backend> + Send;

    #[doc(hidden)]
    fn restore_at(
        at: At<Self, Self::Version, K>,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send;

    #[doc(hidden)]
    fn refusal_at(
        operation: Operation,
        row: &KeyedRow<Self, Self::Finder>,
        expected: &Self::Version,
        rows: usize,
        conn: &mut C,
    ) -> impl Future<Output = Error> + Send;

    #[doc(hidden)]
    fn delete_at(
        at: At<Self, Self::Version, K>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn verify_at(
        at: At<Self, Self::Version, K>,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn lock_at(
        at: At<Self, Self::Version, K>,
        mode: LockMode,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        C::Backend: RowLocks;
}

#[diagnostic::do_not_recommend]
impl<M, C, K, P> AsyncAtOn<C, K> for M
where
    M: Columns<C::Backend> + Versioned,
    C: AsyncConnection<Backend: Speaks + QueryMetadata<VersionSqlType<M>> + 'static>,
    M::Version: ReadBack<VersionSqlType<M>, C::Backend, M::Checks>,
    VersionSqlType<M>: SqlType + SingleValue + 'static,
    FromClause<M>: QueryFragment<C::Backend> + Send + Sync,
    M::Table: Table<PrimaryKey: EqAll<K, Output = P>>,
    P: QueryFragment<C::Backend> + QueryId + Send + Sync,
    K: Debug + Send,
{
    at::writes!(asynchronous, async, await, Send);
    at::parts!(asynchronous, async, await, Send);
    at::generated!(asynchronous, async, await, Send);
    at::deletes_and_looks!(asynchronous, async, await, Send);
}
