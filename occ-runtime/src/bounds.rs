//! What a model and a blocking connection must be able to do together: the bounds of the methods.

use std::convert::identity;

use diesel::RunQueryDsl;
use diesel::connection::{Connection, LoadConnection, TransactionManager as _};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::{ExecuteDsl, LoadQuery};
use diesel::result::QueryResult;
use diesel::sql_types::{SingleValue, SqlType};

use crate::all_or_nothing::{self, Batch};
use crate::conflict::Conflict;
use crate::declared::{Declared, Model, ReadBack, Through, VersionSqlType};
use crate::ends::{begin, end};
use crate::error::{Error, Operation};
use crate::fields::Fields;
use crate::generator::VersionGenerator;
use crate::in_flight::{InFlight, depth, roll_back};
use crate::journal;
use crate::loaded::{Check as _, Versioned};
use crate::lock::{LockMode, LockVersion, RowLocks};
use crate::merge::{Choice, merge};
use crate::model::{Columns, OptimisticLock};
use crate::operation;
use crate::outcome;
use crate::reading;
use crate::statement::{
    Always, AsLoaded, Assignments, Chunks, CurrentRow, CurrentVersion, Delete, Erased, Form, FromClause,
    Guard, Guarded, Matched, PresentVersion, ReturningVersion, StoredAs, Update, WholeRow,
    dialect::{self, Speaks},
};
use crate::stub;
use crate::tracked::{Settled, Tracked, Within};

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
    message = "`{Self}` cannot be saved through `{C}`",
    label = "not through this; without a version column it is saved as `Tracked<{Self}>`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is none: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` \
            (feature `async`)",
    note = "in a generic function the bound is `{Self}: LocksOn<{C}>`"
)]
pub trait LocksOn<C: Connection>: WritesOn<C> + Versioned {}

#[diagnostic::do_not_recommend]
impl<M, C> LocksOn<C> for M
where
    M: OptimisticLock,
    C: Connection + Through<M, Model = M>,
    <C as Through<M>>::Model: WritesOn<C> + Versioned,
{
}

/// A model whose [`Tracked`] values can be written through the connection `C`: the bound for generic code about tables with
/// a version and without. Every model that is [`LocksOn`] is this too.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, Fields, Tracked, WritesOn};
///
/// fn save<C, M>(model: &mut Tracked<M>, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     M: WritesOn<C> + Fields,
/// {
///     model.save_optimistic(conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through `{C}`",
    label = "this cannot save a `{Self}`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is none: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` \
            (feature `async`)",
    note = "in a generic function the bound is `{Self}: WritesOn<{C}>`"
)]
pub trait WritesOn<C: Connection>: Columns<C::Backend> {
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
    fn put<A>(&self, operation: Operation, assignments: A, conn: &mut C) -> Result<Self::Version, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn put_generated<A>(
        &self,
        operation: Operation,
        assignments: A,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn present(&self, conn: &mut C) -> QueryResult<Self::Version>;

    #[doc(hidden)]
    fn send_in_savepoint<S>(&self, statement: S, conn: &mut C) -> Result<usize, Error>
    where
        S: QueryFragment<C::Backend> + QueryId;

    #[doc(hidden)]
    fn write_changes(
        tracked: &mut Tracked<Self>,
        expected: Option<&Self::Version>,
        conn: &mut C,
    ) -> Result<(), Error>
    where
        Self: Fields;

    #[doc(hidden)]
    fn put_changes(
        tracked: &mut Tracked<Self>,
        expected: Option<&Self::Version>,
        conn: &mut C,
    ) -> Result<(), Error>
    where
        Self: Fields;

    #[doc(hidden)]
    fn settle(tracked: &Tracked<Self>, operation: Operation, conn: &mut C) -> Result<Settled, Error>
    where
        Self: Fields;

    #[doc(hidden)]
    fn delete_tracked(tracked: &Tracked<Self>, conn: &mut C) -> Result<(), Error>
    where
        Self: Fields;

    #[doc(hidden)]
    fn put_unversioned<A>(&self, assignments: A, conn: &mut C) -> Result<(), Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn send_unversioned<A>(&self, assignments: A, conn: &mut C) -> Result<(), Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn count_matched<A>(update: &Update<'_, Self, A>, conn: &mut C) -> Result<usize, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn write_all(rows: &mut [Self], conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn put_all(rows: &[Self], conn: &mut C) -> Result<Vec<Self::Version>, Error>;

    #[doc(hidden)]
    fn end_batch<T>(rows: &[Self], batch: Batch<T>, begun: u32, conn: &mut C) -> Result<Vec<T>, Error>;

    #[doc(hidden)]
    fn delete_all(rows: &[Self], conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn send_deletes(rows: &[Self], conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn send(chunks: Chunks<'_, Self>, conn: &mut C) -> Result<bool, Error>;

    #[doc(hidden)]
    fn delete<G>(&self, guard: G, conn: &mut C) -> Result<(), Error>
    where
        G: Guard<C::Backend>;

    #[doc(hidden)]
    fn send_delete<G>(&self, expected: &Self::Version, guard: G, conn: &mut C) -> Result<(), Error>
    where
        G: Guard<C::Backend>;

    #[doc(hidden)]
    fn verify(&self, conn: &mut C) -> Result<(), Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C> WritesOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: Connection<Backend: Speaks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static> + LoadConnection,
    Model<C, M>: Columns<C::Backend>,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend>,
{
    operation::lock_operations!(
        ExecuteDsl::execute,
        first::<M::Checks, _, _, _>,
        first_rarely::<M::Checks, _, _, _>,
        all::<M::Checks, _, _, _>,
        identity,
        depth,
        begin,
        end,
        roll_back
    );
}

/// A model whose row can be locked through the connection `C`: the bound for
/// [`OptimisticDsl::lock_optimistic`](crate::OptimisticDsl::lock_optimistic).
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be locked through `{C}`",
    label = "`lock_optimistic` needs a backend with row locks",
    note = "PostgreSQL: enable the feature `postgres` of occ-runtime; MySQL and MariaDB: `mysql`",
    note = "SQLite locks no rows: begin with `immediate_transaction`, then call `verify_optimistic`",
    note = "in a generic function, the bound is `{Self}: LocksRowsOn<{C}>`"
)]
pub trait LocksRowsOn<C: Connection>: Columns<C::Backend> + Versioned {
    #[doc(hidden)]
    fn lock(&self, mode: LockMode, conn: &mut C) -> Result<(), Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C> LocksRowsOn<C> for M
where
    M: OptimisticLock,
    C: Through<M, Model = M>,
    C: Connection<Backend: RowLocks + QueryMetadata<VersionSqlType<Model<C, M>>> + 'static> + LoadConnection,
    Model<C, M>: Columns<C::Backend> + Versioned,
    <Model<C, M> as OptimisticLock>::Version:
        ReadBack<VersionSqlType<Model<C, M>>, C::Backend, <Model<C, M> as OptimisticLock>::Checks>,
    VersionSqlType<Model<C, M>>: SqlType + SingleValue + 'static,
    FromClause<Model<C, M>>: QueryFragment<C::Backend>,
{
    operation::row_lock_operations!(first::<M::Checks, _, _, _>, first_rarely::<M::Checks, _, _, _>);
}

/// A model that can also be read again through the connection `C`: the bound for [`OptimisticDsl::reload`](crate::OptimisticDsl::reload).
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be reloaded through `{C}`",
    label = "its row cannot be selected as `{Self}`",
    note = "add `#[derive(Queryable, Selectable)]` to `{Self}`; its fields have to be owned, as `String` and not `&str`",
    note = "if it has both: to see which field cannot be read from its column, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if `{C}` is no connection: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` \
            (feature `async`)",
    note = "in a generic function the bound is `{Self}: LoadsOn<{C}>`"
)]
pub trait LoadsOn<C>: OptimisticLock {
    #[doc(hidden)]
    fn read_row(&mut self, conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn compare(mine: Self, base: Option<Self>, conn: &mut C) -> Result<Conflict<Self>, Error>;

    #[doc(hidden)]
    fn read_tracked(tracked: &mut Tracked<Self>, conn: &mut C) -> Result<(), Error>
    where
        Self: Fields;

    #[doc(hidden)]
    fn rebase<F>(tracked: &mut Tracked<Self>, choose: F, conn: &mut C) -> Result<(), Error>
    where
        Self: Fields,
        F: FnMut(&'static str, &Self, &Self, &Self) -> Choice;
}

#[diagnostic::do_not_recommend]
impl<M, C> LoadsOn<C> for M
where
    M: OptimisticLock,
    C: Reads<M, M::Checks>,
{
    fn read_row(&mut self, conn: &mut C) -> Result<(), Error> {
        conn.read_again(self)
    }

    fn compare(mine: Self, base: Option<Self>, conn: &mut C) -> Result<Conflict<Self>, Error> {
        conn.compare(mine, base)
    }

    fn read_tracked(tracked: &mut Tracked<Self>, conn: &mut C) -> Result<(), Error>
    where
        Self: Fields,
    {
        conn.read_tracked(tracked)
    }

    fn rebase<F>(tracked: &mut Tracked<Self>, choose: F, conn: &mut C) -> Result<(), Error>
    where
        Self: Fields,
        F: FnMut(&'static str, &Self, &Self, &Self) -> Choice,
    {
        conn.merge_row(tracked, choose)
    }
}

/// [`LoadsOn`] seen from the connection: so that a model that cannot be read is one error, once the connection is known.
#[doc(hidden)]
pub trait Reads<M, Checks = Declared<false>> {
    /// The row as it is now; `None` if it is gone.
    fn current(&mut self, row: &M) -> Result<Option<M>, Error>;

    /// The same; a row that is gone is an error of this operation.
    fn fresh(&mut self, operation: Operation, row: &M) -> Result<M, Error>;

    fn read_again(&mut self, row: &mut M) -> Result<(), Error>;

    fn compare(&mut self, mine: M, base: Option<M>) -> Result<Conflict<M>, Error>;

    fn read_tracked(&mut self, tracked: &mut Tracked<M>) -> Result<(), Error>
    where
        M: Fields;

    fn merge_row<F>(&mut self, tracked: &mut Tracked<M>, choose: F) -> Result<(), Error>
    where
        M: Fields,
        F: FnMut(&'static str, &M, &M, &M) -> Choice;
}

#[diagnostic::do_not_recommend]
impl<M, C, E, ST> Reads<M, Declared<false>> for C
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
    reading::load_operations!(Reads, RunQueryDsl::get_result, RunQueryDsl::get_results, depth);
}

#[diagnostic::do_not_recommend]
impl<M: OptimisticLock, C> Reads<M, Declared<true>> for C {
    reading::no_load_operations!();
}

/// The version that a query for one row gives.
fn first<'q, K, C, Q, V>(query: Q, conn: &mut C) -> QueryResult<V>
where
    C: Connection,
    Q: Query + LoadQuery<'q, C, V::Row>,
    V: ReadBack<Q::SqlType, C::Backend, K>,
{
    query.get_result(conn).map(V::version)
}

/// The same of a query that is rarely sent: see [`Erased`].
fn first_rarely<'q, K, C, Q, V>(query: Q, conn: &mut C) -> QueryResult<V>
where
    C: Connection,
    Q: Query + QueryFragment<C::Backend> + 'q,
    V: ReadBack<Q::SqlType, C::Backend, K>,
    Erased<dyn QueryFragment<C::Backend> + 'q, Q::SqlType>: LoadQuery<'q, C, V::Row>,
{
    let rows =
        Erased::<dyn QueryFragment<C::Backend> + 'q, Q::SqlType>::new(Box::new(query)).get_results(conn)?;
    outcome::only(rows).map(V::version)
}

/// The versions that a query for many rows gives.
fn all<'q, K, C, Q, V>(query: Q, conn: &mut C) -> QueryResult<Vec<V>>
where
    C: Connection,
    Q: Query + LoadQuery<'q, C, V::Row>,
    V: ReadBack<Q::SqlType, C::Backend, K>,
{
    Ok(query.get_results(conn)?.into_iter().map(V::version).collect())
}
