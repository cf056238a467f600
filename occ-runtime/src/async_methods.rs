//! The methods for diesel-async's connections.

use std::future::Future;
use std::pin::Pin;

use diesel::deserialize::FromSqlRow;
use diesel::dsl::{AsSelect, SqlTypeOf};
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{AsChangeset, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{SingleValue, SqlType};
use diesel_async::methods::{ExecuteDsl, LoadQuery};
use diesel_async::{AsyncConnection, RunQueryDsl, TransactionManager as _};

use crate::error::{Error, Operation};
use crate::generator::VersionGenerator;
use crate::lock::{LockMode, LockVersion, RowLocks};
use crate::model::{Columns, OptimisticLock};
use crate::operation;
use crate::statement::{
    Assignments, Changes, CurrentRow, CurrentVersion, Delete, FromClause, Nothing, ReturningVersion, Update,
    WholeRow,
};

/// [`OptimisticDsl`](crate::OptimisticDsl) for async connections: `AsyncPgConnection`, `AsyncMysqlConnection`,
/// `SyncConnectionWrapper<SqliteConnection>`, pooled ones, and wrappers of your own.
///
/// The methods have the same names, outcomes and statements; see there for each. A module uses one of the two
/// preludes, or calls the other's methods by their path: `AsyncOptimisticDsl::save_optimistic(&mut lamp, conn)`.
///
/// ```
/// use diesel::prelude::*;
/// use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
/// use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
/// use occ_runtime::async_prelude::*;
/// # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
///
/// #[derive(Queryable, Selectable, OptimisticLock)]
/// struct Product {
///     id: i32,
///     name: String,
///     version: i32,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let conn = &mut SyncConnectionWrapper::<SqliteConnection>::establish(":memory:").await?;
/// # conn.batch_execute("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL);
/// #                     INSERT INTO products VALUES (1, 'lamp', 1);").await?;
/// let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
/// lamp.name = "desk lamp".into();
/// lamp.save_optimistic(conn).await?;
/// assert_eq!(lamp.version, 2);
/// # Ok(())
/// # }
/// ```
///
/// # Dropped futures
///
/// A future that is dropped before it is ready leaves the value as it was. Its statement may have reached the database
/// all the same: then the value is stale, and the next save says so.
pub trait AsyncOptimisticDsl: OptimisticLock {
    /// As [`OptimisticDsl::save_optimistic`](crate::OptimisticDsl::save_optimistic).
    fn save_optimistic<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.write(Operation::Save, None, WholeRow, conn)
    }

    /// As [`OptimisticDsl::save_optimistic_expecting`](crate::OptimisticDsl::save_optimistic_expecting).
    fn save_optimistic_expecting<C>(
        &mut self,
        expected: &Self::Version,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.write(Operation::Save, Some(expected), WholeRow, conn)
    }

    /// As [`OptimisticDsl::update_optimistic`](crate::OptimisticDsl::update_optimistic).
    fn update_optimistic<C, S>(
        &mut self,
        changes: S,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
        S: AsChangeset<Target = Self::Table, Changeset: QueryFragment<C::Backend> + Send>,
    {
        self.write(Operation::Update, None, Changes(changes.as_changeset()), conn)
    }

    /// As [`OptimisticDsl::touch_optimistic`](crate::OptimisticDsl::touch_optimistic).
    fn touch_optimistic<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.write(Operation::Touch, None, Nothing, conn)
    }

    /// As [`OptimisticDsl::delete_optimistic`](crate::OptimisticDsl::delete_optimistic).
    fn delete_optimistic<C>(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.delete(conn)
    }

    /// As [`OptimisticDsl::verify_optimistic`](crate::OptimisticDsl::verify_optimistic).
    fn verify_optimistic<C>(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksOn<C>,
    {
        self.verify(conn)
    }

    /// As [`OptimisticDsl::lock_optimistic`](crate::OptimisticDsl::lock_optimistic).
    fn lock_optimistic<C>(
        &self,
        mode: LockMode,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLocksRowsOn<C>,
    {
        self.lock(mode, conn)
    }

    /// As [`OptimisticDsl::reload`](crate::OptimisticDsl::reload).
    fn reload<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        Self: AsyncLoadsOn<C>,
    {
        self.read(conn)
    }
}

impl<M: OptimisticLock> AsyncOptimisticDsl for M {}

/// [`OptimisticBatchDsl`](crate::OptimisticBatchDsl) for async connections. See there.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncLocksOn, Error};
///
/// async fn save_then_delete<C, M>(models: &mut [M], conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncLocksOn<C>,
/// {
///     models.save_all_optimistic(conn).await?;
///     models.delete_all_optimistic(conn).await
/// }
/// ```
pub trait AsyncOptimisticBatchDsl<M: OptimisticLock> {
    /// As [`OptimisticBatchDsl::save_all_optimistic`](crate::OptimisticBatchDsl::save_all_optimistic).
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        M: AsyncLocksOn<C>;

    /// As [`OptimisticBatchDsl::delete_all_optimistic`](crate::OptimisticBatchDsl::delete_all_optimistic).
    fn delete_all_optimistic<C>(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        M: AsyncLocksOn<C>;
}

impl<M: OptimisticLock> AsyncOptimisticBatchDsl<M> for [M] {
    fn save_all_optimistic<C>(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        M: AsyncLocksOn<C>,
    {
        M::write_all(self, conn)
    }

    fn delete_all_optimistic<C>(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send
    where
        C: AsyncConnection,
        M: AsyncLocksOn<C>,
    {
        M::delete_all(self, conn)
    }
}

/// A model that can be written, with its version checked, through the async connection `C`: the bound for generic
/// code.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncLocksOn, Error};
///
/// async fn save_both<C, A, B>(a: &mut A, b: &mut B, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     A: AsyncLocksOn<C>,
///     B: AsyncLocksOn<C>,
/// {
///     a.save_optimistic(conn).await?;
///     b.save_optimistic(conn).await
/// }
/// ```
pub trait AsyncLocksOn<C: AsyncConnection>: Columns<C::Backend> {
    #[doc(hidden)]
    fn write<A>(
        &mut self,
        operation: Operation,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<(), Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn put<A>(
        &self,
        operation: Operation,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn put_generated<A>(
        &self,
        operation: Operation,
        expected: Option<&Self::Version>,
        assignments: A,
        conn: &mut C,
    ) -> impl Future<Output = Result<Self::Version, Error>> + Send
    where
        A: Assignments<Self, C::Backend> + Send;

    #[doc(hidden)]
    fn write_all(rows: &mut [Self], conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn delete_all(rows: &[Self], conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn delete(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;

    #[doc(hidden)]
    fn verify(&self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;
}

impl<M, C> AsyncLocksOn<C> for M
where
    C: AsyncConnection<Backend: QueryMetadata<SqlTypeOf<M::VersionColumn>> + 'static>,
    M: Columns<C::Backend> + Send + Sync,
    M::Version: FromSqlRow<SqlTypeOf<M::VersionColumn>, C::Backend>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + 'static,
    FromClause<M>: QueryFragment<C::Backend> + Send,
{
    operation::lock_operations!(ExecuteDsl::execute, first, all, end, [async, await, Send]);
}

/// A model whose row can be locked through the async connection `C`: the bound for
/// [`AsyncOptimisticDsl::lock_optimistic`].
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncLocksRowsOn, Error, LockMode};
///
/// async fn is_free<C, M>(model: &M, conn: &mut C) -> bool
/// where
///     C: AsyncConnection,
///     M: AsyncLocksRowsOn<C>,
/// {
///     model.lock_optimistic(LockMode::Update.skip_locked(), conn).await.is_ok()
/// }
/// ```
pub trait AsyncLocksRowsOn<C: AsyncConnection>: Columns<C::Backend> {
    #[doc(hidden)]
    fn lock(&self, mode: LockMode, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;
}

impl<M, C> AsyncLocksRowsOn<C> for M
where
    C: AsyncConnection<Backend: RowLocks + QueryMetadata<SqlTypeOf<M::VersionColumn>> + 'static>,
    M: Columns<C::Backend> + Send + Sync,
    M::Version: FromSqlRow<SqlTypeOf<M::VersionColumn>, C::Backend>,
    SqlTypeOf<M::VersionColumn>: SqlType + SingleValue + 'static,
    FromClause<M>: QueryFragment<C::Backend> + Send,
{
    operation::row_lock_operations!(first, [async, await]);
}

/// A model that can also be read again through the async connection `C`: the bound for
/// [`AsyncOptimisticDsl::reload`].
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{AsyncLoadsOn, Error};
///
/// async fn reload_both<C, M>(a: &mut M, b: &mut M, conn: &mut C) -> Result<(), Error>
/// where
///     C: AsyncConnection,
///     M: AsyncLoadsOn<C>,
/// {
///     a.reload(conn).await?;
///     b.reload(conn).await
/// }
/// ```
pub trait AsyncLoadsOn<C>: OptimisticLock {
    #[doc(hidden)]
    fn read(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send;
}

impl<M, C> AsyncLoadsOn<C> for M
where
    M: OptimisticLock,
    C: AsyncReads<M>,
{
    fn read(&mut self, conn: &mut C) -> impl Future<Output = Result<(), Error>> + Send {
        conn.read_again(self)
    }
}

/// As [`Reads`](crate::methods::Reads).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{M}` cannot be reloaded",
    label = "its row cannot be selected as `{M}`",
    note = "add `#[derive(Queryable, Selectable)]` to `{M}`"
)]
pub trait AsyncReads<M> {
    fn read_again(&mut self, row: &mut M) -> impl Future<Output = Result<(), Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C, E, ST> AsyncReads<M> for C
where
    C: AsyncConnection<Backend: QueryMetadata<AsSelect<M, C::Backend>> + 'static>,
    M: Columns<C::Backend> + Selectable<C::Backend, SelectExpression = E> + FromSqlRow<ST, C::Backend>,
    M: Send + Sync + 'static,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table> + QueryFragment<C::Backend> + QueryId + Send,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend> + Send,
{
    operation::load_operations!(first, [async, await]);
}

/// The one row of a query. Boxed, as a future that names the query cannot be shown to be `Send` here
/// (<https://github.com/rust-lang/rust/issues/100013>); only reading needs it, never a write that succeeds.
fn first<'c, 'q: 'c, C, Q, U>(
    query: Q,
    conn: &'c mut C,
) -> Pin<Box<dyn Future<Output = QueryResult<U>> + Send + 'c>>
where
    C: AsyncConnection,
    Q: LoadQuery<'q, C, U> + Send + 'q,
    U: Send + 'c,
{
    Box::pin(RunQueryDsl::get_result(query, conn))
}

/// All rows of a query. Boxed as [`first`] is.
fn all<'c, 'q: 'c, C, Q, U>(
    query: Q,
    conn: &'c mut C,
) -> Pin<Box<dyn Future<Output = QueryResult<Vec<U>>> + Send + 'c>>
where
    C: AsyncConnection,
    Q: LoadQuery<'q, C, U> + Send + 'q,
    U: Send + 'c,
{
    Box::pin(RunQueryDsl::get_results(query, conn))
}

/// Commits what went well, and rolls back what did not.
async fn end<C: AsyncConnection, T: Send>(outcome: Result<T, Error>, conn: &mut C) -> Result<T, Error> {
    match outcome {
        Ok(value) => {
            C::TransactionManager::commit_transaction(conn).await?;
            Ok(value)
        }
        Err(error) => match C::TransactionManager::rollback_transaction(conn).await {
            Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => Err(error),
            Err(rollback) => Err(rollback.into()),
        },
    }
}
