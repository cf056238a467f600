//! The row of a value as it is now: what `reload`, `rebase` and `into_conflict` read.

use diesel::RunQueryDsl as _;
use diesel::connection::{Connection, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::SqlType;

use crate::blocking::send::{InFlight, depth};
use crate::conflict::tracked::unsettled::Within;
use crate::error::Error;
use crate::model::columns::Columns;
use crate::model::declared::{Declared, never};
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::soft_delete::Rows;
use crate::operation::read::Now;
use crate::operation::verdict;
use crate::statement::assign::Assignments;
use crate::statement::dialect;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;
use crate::statement::select::{CurrentRow, LockedRow};
use crate::statement::update::{ReturningRow, Update};

/// A model that can also be read again through the connection `C`: the bound for [`OptimisticDsl::reload`](crate::OptimisticDsl::reload).
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, ReloadsOn, SavesOn};
///
/// fn save_or_reload<C, M>(model: &mut M, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     M: SavesOn<C> + ReloadsOn<C>,
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
    note = "in a generic function the bound is `{Self}: ReloadsOn<{C}>`"
)]
pub trait ReloadsOn<C: Connection>: OptimisticLock {
    /// The row of a value as it is now.
    #[doc(hidden)]
    fn now(value: &Self, conn: &mut C) -> Result<Now<Self>, Error> {
        Self::now_of(value, Rows::There, conn)
    }

    #[doc(hidden)]
    fn now_of(value: &Self, rows: Rows, conn: &mut C) -> Result<Now<Self>, Error>;

    /// The same, with a lock on the row.
    #[doc(hidden)]
    fn now_locked(value: &Self, conn: &mut C) -> Result<Now<Self>, Error>;

    /// Whether there are such locks.
    #[doc(hidden)]
    fn locks_row() -> bool;

    /// Whether those rows are what triggers have made of them.
    #[doc(hidden)]
    fn returns_rows() -> bool;

    /// The rows that an update has written, as they are then.
    #[doc(hidden)]
    fn returned<A>(update: Update<'_, Self, A>, conn: &mut C) -> QueryResult<Vec<Self>>
    where
        A: Assignments<Self, C::Backend>;
}

#[diagnostic::do_not_recommend]
impl<M, C> ReloadsOn<C> for M
where
    M: OptimisticLock,
    C: Connection + Reads<M, M::Checks>,
{
    fn now_of(value: &Self, rows: Rows, conn: &mut C) -> Result<Now<Self>, Error> {
        conn.now(value, rows)
    }

    fn now_locked(value: &Self, conn: &mut C) -> Result<Now<Self>, Error> {
        conn.now_locked(value)
    }

    fn locks_row() -> bool {
        C::locks_row()
    }

    fn returns_rows() -> bool {
        C::returns_rows()
    }

    fn returned<A>(update: Update<'_, Self, A>, conn: &mut C) -> QueryResult<Vec<Self>>
    where
        A: Assignments<Self, C::Backend>,
    {
        conn.returned(update)
    }
}

/// [`ReloadsOn`] seen from the connection: so that a model that cannot be read is one error, once the connection is known.
#[doc(hidden)]
pub trait Reads<M, Checks = Declared<false>> {
    fn now(&mut self, value: &M, rows: Rows) -> Result<Now<M>, Error>;

    fn now_locked(&mut self, value: &M) -> Result<Now<M>, Error>;

    fn locks_row() -> bool;

    fn returns_rows() -> bool;

    fn returned<A>(&mut self, update: Update<'_, M, A>) -> QueryResult<Vec<M>>
    where
        Self: Connection,
        M: OptimisticLock,
        A: Assignments<M, <Self as Connection>::Backend>;
}

#[diagnostic::do_not_recommend]
impl<M, C, E, ST> Reads<M, Declared<false>> for C
where
    C: Connection<Backend: Speaks + QueryMetadata<AsSelect<M, C::Backend>> + 'static> + LoadConnection,
    M: Columns<C::Backend>
        + Selectable<C::Backend, SelectExpression = E>
        + FromSqlRow<ST, C::Backend>
        + 'static,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table> + QueryFragment<C::Backend> + QueryId,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend>,
{
    fn now(&mut self, value: &M, rows: Rows) -> Result<Now<M>, Error> {
        let mut conn = InFlight::begin(self)?;
        let query = CurrentRow::<M, C::Backend>::of_rows(value, rows);
        let found = if M::UNIQUE_KEY {
            query.get_results(&mut *conn).and_then(verdict::only)
        } else {
            query.get_result(&mut *conn)
        };
        conn.land_with(&found);
        let depth = depth(self)?;
        Now::new(value, found, Within::of(self, depth))
    }

    fn now_locked(&mut self, value: &M) -> Result<Now<M>, Error> {
        let query = LockedRow::<M, C::Backend>::of(value);
        let found = query.get_results(self);
        let depth = depth(self)?;
        Now::new(value, found.and_then(verdict::only), Within::of(self, depth))
    }

    fn locks_row() -> bool {
        dialect::for_update::<C::Backend>().is_some()
    }

    fn returns_rows() -> bool {
        dialect::sees_triggers_when_returning::<C::Backend>()
    }

    fn returned<A>(&mut self, update: Update<'_, M, A>) -> QueryResult<Vec<M>>
    where
        A: Assignments<M, C::Backend>,
    {
        let query = ReturningRow::<_, M, C::Backend>::of(update);
        query.get_results(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M: OptimisticLock, C> Reads<M, Declared<true>> for C {
    fn now(&mut self, _: &M, _: Rows) -> Result<Now<M>, Error> {
        never()
    }

    fn now_locked(&mut self, _: &M) -> Result<Now<M>, Error> {
        never()
    }

    fn locks_row() -> bool {
        never()
    }

    fn returns_rows() -> bool {
        never()
    }

    fn returned<A>(&mut self, _: Update<'_, M, A>) -> QueryResult<Vec<M>>
    where
        Self: Connection,
        A: Assignments<M, <Self as Connection>::Backend>,
    {
        never()
    }
}
