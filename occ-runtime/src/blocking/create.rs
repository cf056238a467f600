//! What a model and a blocking connection must be able to do together for a row to be made of values, and read.

use diesel::connection::{Connection, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::{Integer, SqlType};

use crate::model::columns::Columns;
use crate::model::declared::{Declared, never};
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::create_operations;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;
// What the bodies name.
#[allow(
    unused_imports,
    clippy::wildcard_imports,
    reason = "each of these files imports what its bodies name, and several import the same"
)]
use crate::operation::create::*;

/// A model of which rows can be made of any values through the connection `C`, and read: the bound for
/// [`create_optimistic`](crate::OptimisticInsertDsl::create_optimistic) in generic code.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::bound::{CreatesOn, NewRow};
/// use occ_runtime::Error;
///
/// fn create<C, M, V>(values: V, conn: &mut C) -> Result<M, Error>
/// where
///     C: Connection,
///     M: CreatesOn<C>,
///     V: NewRow<M, C::Backend>,
/// {
///     M::create_optimistic(values, conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no row of `{Self}` can be created through `{C}`",
    label = "the new row cannot be read as `{Self}`",
    note = "add `#[derive(Queryable, Selectable)]` to `{Self}`; its fields have to be owned, as `String` and not `&str`",
    note = "if `{C}` is no connection: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, \
            `use occ_runtime::async_prelude::*` (feature `async`)",
    note = "in a generic function the bounds are `{Self}: CreatesOn<{C}>`, and of the values `bound::NewRow<{Self}, C::Backend>`"
)]
pub trait CreatesOn<C: Connection>: OptimisticLock {
    #[doc(hidden)]
    fn create<I>(values: I, conn: &mut C) -> Result<Self, Error>
    where
        I: QueryFragment<C::Backend> + QueryId;

    #[doc(hidden)]
    fn create_or_find<I, P>(values: I, key: P, conn: &mut C) -> Result<Created<Self>, Error>
    where
        I: QueryFragment<C::Backend> + QueryId,
        P: QueryFragment<C::Backend> + QueryId;
}

#[diagnostic::do_not_recommend]
impl<M, C> CreatesOn<C> for M
where
    M: OptimisticLock,
    C: Creates<M, M::Checks>,
{
    fn create<I>(values: I, conn: &mut C) -> Result<Self, Error>
    where
        I: QueryFragment<C::Backend> + QueryId,
    {
        conn.create(values)
    }

    fn create_or_find<I, P>(values: I, key: P, conn: &mut C) -> Result<Created<Self>, Error>
    where
        I: QueryFragment<C::Backend> + QueryId,
        P: QueryFragment<C::Backend> + QueryId,
    {
        conn.create_if_absent(values, key)
    }
}

/// [`CreatesOn`] seen from the connection: so that a model that cannot be read is one error, once the connection is known.
#[doc(hidden)]
pub trait Creates<M, Checks = Declared<false>>: Connection {
    #[doc(hidden)]
    fn create<I>(&mut self, values: I) -> Result<M, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId;

    #[doc(hidden)]
    fn make<I>(&mut self, values: I) -> Result<Option<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId;

    #[doc(hidden)]
    fn make_of_key<I, P>(&mut self, values: I, key: &P) -> Result<Option<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
        P: QueryFragment<Self::Backend> + QueryId;

    #[doc(hidden)]
    fn make_then_read<I>(&mut self, values: I) -> Result<M, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId;

    #[doc(hidden)]
    fn make_and_read<I>(&mut self, key: &'static str, values: I) -> Result<M, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId;

    #[doc(hidden)]
    fn create_if_absent<I, P>(&mut self, values: I, key: P) -> Result<Created<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
        P: QueryFragment<Self::Backend> + QueryId;

    #[doc(hidden)]
    fn make_or_find<I, P>(&mut self, values: I, key: &P) -> Result<Created<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
        P: QueryFragment<Self::Backend> + QueryId;

    #[doc(hidden)]
    fn insert_or_find<I, P>(&mut self, values: I, key: &P) -> Result<Created<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
        P: QueryFragment<Self::Backend> + QueryId;

    #[doc(hidden)]
    fn find_taken<P>(&mut self, key: &P, refused: Option<DieselError>) -> Result<Created<M>, Error>
    where
        P: QueryFragment<Self::Backend> + QueryId;
}

#[diagnostic::do_not_recommend]
impl<M, C, E, ST> Creates<M, Declared<false>> for C
where
    C: Connection<
            Backend: Speaks + QueryMetadata<AsSelect<M, C::Backend>> + QueryMetadata<Integer> + 'static,
        > + LoadConnection,
    M: Columns<C::Backend> + Selectable<C::Backend, SelectExpression = E> + FromSqlRow<ST, C::Backend>,
    M: 'static,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table> + QueryFragment<C::Backend> + QueryId,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend>,
    i32: FromSqlRow<Integer, C::Backend>,
{
    create_operations!(blocking);
}

#[diagnostic::do_not_recommend]
impl<M: OptimisticLock, C: Connection> Creates<M, Declared<true>> for C {
    fn create<I>(&mut self, _: I) -> Result<M, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
    {
        never()
    }

    fn make<I>(&mut self, _: I) -> Result<Option<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
    {
        never()
    }

    fn make_of_key<I, P>(&mut self, _: I, _: &P) -> Result<Option<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
        P: QueryFragment<Self::Backend> + QueryId,
    {
        never()
    }

    fn make_then_read<I>(&mut self, _: I) -> Result<M, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
    {
        never()
    }

    fn make_and_read<I>(&mut self, _: &'static str, _: I) -> Result<M, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
    {
        never()
    }

    fn create_if_absent<I, P>(&mut self, _: I, _: P) -> Result<Created<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
        P: QueryFragment<Self::Backend> + QueryId,
    {
        never()
    }

    fn make_or_find<I, P>(&mut self, _: I, _: &P) -> Result<Created<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
        P: QueryFragment<Self::Backend> + QueryId,
    {
        never()
    }

    fn insert_or_find<I, P>(&mut self, _: I, _: &P) -> Result<Created<M>, Error>
    where
        I: QueryFragment<Self::Backend> + QueryId,
        P: QueryFragment<Self::Backend> + QueryId,
    {
        never()
    }

    fn find_taken<P>(&mut self, _: &P, _: Option<DieselError>) -> Result<Created<M>, Error>
    where
        P: QueryFragment<Self::Backend> + QueryId,
    {
        never()
    }
}
