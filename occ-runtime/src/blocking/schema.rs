//! What a struct needs of its table, asked of the database.

use diesel::connection::{Connection, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::expression::QueryMetadata;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};

use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::schema;
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its body names")]
use crate::operation::schema::*;
use crate::schema::question::{Answer, AnswerType};
use crate::statement::dialect::Speaks;

/// Whether the table is as a struct needs it: see [the module](crate::schema).
pub trait SchemaDsl: OptimisticLock {
    /// Asks the catalog for all that is wrong with the table: nothing, or each fault with the SQL that mends it, in an order in which they
    /// can be run. For tests of migrations, and for the start of a service.
    ///
    /// Up to five `SELECT`s, which write nothing and lock nothing. Where a column may be NULL they count the rows in which it is, and
    /// read the table for it.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the database cannot be asked. What is wrong with the table is no error.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// for finding in Product::check_schema(conn)? {
    ///     panic!("{finding}\n{}", finding.cure().unwrap_or_default());
    /// }
    /// # Ok::<_, Error>(())
    /// ```
    fn check_schema<C>(conn: &mut C) -> Result<Vec<Finding>, Error>
    where
        C: Connection,
        Self: ChecksSchemaOn<C>,
    {
        Self::check(conn)
    }
}

impl<M: OptimisticLock> SchemaDsl for M {}

/// A model whose table can be looked at through the connection `C`: the bound for [`check_schema`](SchemaDsl::check_schema) in
/// generic code. Every model is, on every backend that has texts.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, bound::ChecksSchemaOn};
///
/// fn is_right<C, M>(conn: &mut C) -> Result<bool, Error>
/// where
///     C: Connection,
///     M: ChecksSchemaOn<C>,
/// {
///     Ok(M::check_schema(conn)?.is_empty())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the table of `{Self}` cannot be looked at through `{C}`",
    label = "this cannot be asked about a table",
    note = "pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` \
            (feature `async`)",
    note = "in a generic function the bound is `{Self}: occ_runtime::bound::ChecksSchemaOn<{C}>`"
)]
pub trait ChecksSchemaOn<C: Connection>: OptimisticLock {
    #[doc(hidden)]
    fn check(conn: &mut C) -> Result<Vec<Finding>, Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C> ChecksSchemaOn<C> for M
where
    M: OptimisticLock,
    C: Connection<Backend: Speaks + HasSqlType<Text> + QueryMetadata<AnswerType> + 'static> + LoadConnection,
    Answer: FromSqlRow<AnswerType, C::Backend>,
    String: ToSql<Text, C::Backend>,
    str: ToSql<Text, C::Backend>,
{
    schema::check_schema!(blocking);
}
