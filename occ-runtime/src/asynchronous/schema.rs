//! The same for async connections.

use std::future::Future;

use diesel::deserialize::FromSqlRow;
use diesel::expression::QueryMetadata;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};
use diesel_async::AsyncConnection;

use crate::asynchronous::boxed::BoxFuture;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::schema;
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its body names")]
use crate::operation::schema::*;
use crate::schema::question::{Answer, AnswerType};
use crate::statement::dialect::Speaks;

/// [`SchemaDsl`](crate::SchemaDsl) for async connections.
pub trait AsyncSchemaDsl: OptimisticLock {
    /// As [`SchemaDsl::check_schema`](crate::SchemaDsl::check_schema).
    fn check_schema<'a, C>(conn: &'a mut C) -> BoxFuture<'a, Result<Vec<Finding>, Error>>
    where
        C: AsyncConnection,
        Self: AsyncChecksSchemaOn<C> + 'a,
    {
        Box::pin(Self::check(conn))
    }
}

impl<M: OptimisticLock> AsyncSchemaDsl for M {}

/// [`ChecksSchemaOn`](crate::bound::ChecksSchemaOn) for async connections.
///
/// ```
/// use diesel_async::AsyncConnection;
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::{Error, bound::AsyncChecksSchemaOn};
///
/// async fn is_right<C, M>(conn: &mut C) -> Result<bool, Error>
/// where
///     C: AsyncConnection,
///     M: AsyncChecksSchemaOn<C>,
/// {
///     Ok(M::check_schema(conn).await?.is_empty())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the table of `{Self}` cannot be looked at through `{C}`",
    label = "this cannot be asked about a table",
    note = "pass a connection of diesel-async's itself, not a pool, nor `&mut` of a `&mut`; for one of Diesel's own, `use occ_runtime::prelude::*`",
    note = "in a generic function the bound is `{Self}: occ_runtime::bound::AsyncChecksSchemaOn<{C}>`"
)]
pub trait AsyncChecksSchemaOn<C: AsyncConnection>: OptimisticLock {
    #[doc(hidden)]
    fn check(conn: &mut C) -> impl Future<Output = Result<Vec<Finding>, Error>> + Send;
}

#[diagnostic::do_not_recommend]
impl<M, C> AsyncChecksSchemaOn<C> for M
where
    M: OptimisticLock,
    C: AsyncConnection<Backend: Speaks + HasSqlType<Text> + QueryMetadata<AnswerType> + 'static>,
    Answer: FromSqlRow<AnswerType, C::Backend>,
    String: ToSql<Text, C::Backend>,
    str: ToSql<Text, C::Backend>,
{
    schema::check_schema!(asynchronous, async, await, Send);
}
