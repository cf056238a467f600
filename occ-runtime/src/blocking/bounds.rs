//! What a model and a blocking connection must be able to do together: the bounds of the methods.

use diesel::connection::{Connection, LoadConnection};
use diesel::expression::QueryMetadata;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::{SingleValue, SqlType};

use crate::conflict::tracked::Tracked;
use crate::conflict::tracked::unsettled::Settled;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::columns::Columns;
use crate::model::declared::{Model, ReadBack, Through, VersionSqlType};
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::each::{Each, Outcomes};
#[cfg(feature = "retry")]
#[allow(unused_imports, clippy::wildcard_imports, reason = "as below")]
use crate::operation::modify::*;
use crate::operation::operations;
use crate::operation::rows::Batch;
use crate::statement::assign::Assignments;
use crate::statement::dialect::Speaks;
use crate::statement::guard::Guard;
use crate::statement::row_key::FromClause;
// What the bodies name.
#[allow(
    unused_imports,
    clippy::wildcard_imports,
    reason = "each of these files imports what its bodies name, and several import the same"
)]
use crate::operation::{
    batch::*, commit::*, delete::*, each::*, generated::*, lock::*, one_row::*, outcome::*, settle::*,
    tracked::*, tracked_batch::*, unversioned::*, write::*,
};

/// A model whose [`Tracked`] values can be written through the connection `C`: the bound for generic code about tables with
/// a version and without. Every model that is [`SavesOn`](crate::SavesOn) is this too.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, Trackable, Tracked, SavesTrackedOn};
///
/// fn save<C, M>(model: &mut Tracked<M>, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     M: SavesTrackedOn<C> + Trackable,
/// {
///     model.save_optimistic(conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be saved through `{C}`",
    label = "this cannot save a `{Self}`",
    note = "if `{C}` is a connection: to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above \
            `{Self}`, with the backend's type",
    note = "if it is not a connection: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` \
            (feature `async`)",
    note = "in a generic function the bound is `{Self}: SavesTrackedOn<{C}>`"
)]
pub trait SavesTrackedOn<C: Connection>: Columns<C::Backend> {
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
        expected: &Self::Version,
        assignments: A,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn put_generated<A>(
        &self,
        operation: Operation,
        expected: &Self::Version,
        assignments: A,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn put_and_look<A>(
        &self,
        operation: Operation,
        expected: &Self::Version,
        assignments: A,
        in_transaction: bool,
        conn: &mut C,
    ) -> Result<Self::Version, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn made(
        &self,
        operation: Operation,
        expected: &Self::Version,
        rows: usize,
        guarded: bool,
        in_transaction: bool,
        conn: &mut C,
    ) -> Result<Self::Version, Error>;

    #[doc(hidden)]
    fn refusal(
        &self,
        operation: Operation,
        expected: &Self::Version,
        rows: usize,
        guarded: bool,
        conn: &mut C,
    ) -> Result<Error, Error>;

    #[doc(hidden)]
    fn refuse_unread(
        &self,
        operation: Operation,
        expected: Option<&Self::Version>,
        conn: &mut C,
    ) -> Result<(), Error>;

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
        Self: Trackable;

    #[doc(hidden)]
    fn put_changes(
        tracked: &mut Tracked<Self>,
        expected: Option<&Self::Version>,
        conn: &mut C,
    ) -> Result<(), Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn settle(tracked: &Tracked<Self>, operation: Operation, conn: &mut C) -> Result<Settled, Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn is_as_stored(tracked: &Tracked<Self>, settled: Settled, conn: &mut C) -> Result<(), Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn commit<T, N>(
        made: Result<(T, Unanswered<'_, Self, N>), Error>,
        begun: u32,
        conn: &mut C,
    ) -> Result<(T, N), Error>
    where
        N: IntoIterator<Item = Self::Version> + Default;

    #[doc(hidden)]
    fn roll_back_together(
        written: QueryResult<usize>,
        sent: Unanswered<'_, Self, Vec<Self::Version>>,
        begun: u32,
        conn: &mut C,
    ) -> Result<Option<Vec<Self::Version>>, Error>;

    #[doc(hidden)]
    fn settle_write(&mut self, conn: &mut C) -> Result<Outcome, Error>;

    #[doc(hidden)]
    fn settle_tracked(tracked: &mut Tracked<Self>, conn: &mut C) -> Result<Outcome, Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn look_for_write(&self, conn: &mut C) -> Result<(Outcome, Option<Self::Version>), Error>;

    #[doc(hidden)]
    fn look_for_columns(tracked: &Tracked<Self>, conn: &mut C) -> Result<Outcome, Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn delete_tracked(tracked: &Tracked<Self>, conn: &mut C) -> Result<(), Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn put_unversioned<A>(&self, assignments: A, conn: &mut C) -> Result<(), Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn send_unversioned<A>(&self, assignments: A, conn: &mut C) -> Result<(), Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn count_matched<A>(&self, assignments: &A, conn: &mut C) -> Result<usize, Error>
    where
        A: Assignments<Self, C::Backend>;

    #[doc(hidden)]
    fn write_all(rows: &mut [Self], conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn send_all(operation: Operation, rows: &[Self], conn: &mut C) -> Result<Vec<Self::Version>, Error>;

    #[doc(hidden)]
    fn send_together<W, F>(
        operation: Operation,
        rows: &[Self],
        written: F,
        conn: &mut C,
    ) -> Result<Option<Vec<Self::Version>>, Error>
    where
        W: Written<Self>,
        F: Fn(usize) -> W;

    #[doc(hidden)]
    fn send_each(operation: Operation, rows: &[Self], conn: &mut C) -> Result<Vec<Self::Version>, Error>;

    #[doc(hidden)]
    fn end_batch(
        rows: &[Self],
        batch: Batch<Self::Version>,
        begun: u32,
        conn: &mut C,
    ) -> Result<Vec<Self::Version>, Error>;

    #[doc(hidden)]
    fn write_each(rows: &mut [Self], conn: &mut C) -> Result<Vec<Result<(), Error>>, Error>;

    #[doc(hidden)]
    fn put_each(rows: &[Self], conn: &mut C) -> Result<Outcomes<Self::Version>, Error>;

    #[doc(hidden)]
    fn put_parts(rows: &[Self], each: &mut Each<Self::Version>, conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn save_all(values: &mut [Tracked<Self>], conn: &mut C) -> Result<(), Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn delete_all(values: &[Tracked<Self>], conn: &mut C) -> Result<(), Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn settle_all(
        operation: Operation,
        tracked: &[Tracked<Self>],
        conn: &mut C,
    ) -> Result<Pending<Self>, Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn send_pending(
        operation: Operation,
        pending: &mut Pending<Self>,
        tracked: &[Tracked<Self>],
        conn: &mut C,
    ) -> Result<Vec<Self::Version>, Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn send_one_of(
        operation: Operation,
        place: usize,
        pending: &Pending<Self>,
        tracked: &[Tracked<Self>],
        conn: &mut C,
    ) -> Result<Option<Self::Version>, Error>
    where
        Self: Trackable;

    #[doc(hidden)]
    fn delete<G>(&self, expected: Option<&Self::Version>, guard: G, conn: &mut C) -> Result<(), Error>
    where
        G: Guard<C::Backend>;

    #[doc(hidden)]
    fn send_delete<G>(&self, expected: &Self::Version, guard: G, conn: &mut C) -> Result<(), Error>
    where
        G: Guard<C::Backend>;

    #[doc(hidden)]
    fn verify(&self, conn: &mut C) -> Result<(), Error>;

    #[cfg(feature = "retry")]
    #[doc(hidden)]
    fn save_unasked(&mut self, conn: &mut C) -> Result<(), Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C> SavesTrackedOn<C> for M
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
    operations!(blocking);
}
