//! The version in an `UPDATE` of many rows.

use std::fmt;

use diesel::Column;
use diesel::query_builder::{AsChangeset, AstPass, QueryFragment, QueryId};
use diesel::result::{Error as DieselError, QueryResult};

use crate::model::declared::VersionSqlType;
use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::bump_sql;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::{FromClause, from_clause};
use crate::version::sql_form::{Form, SqlForm};

/// `"version" = "products"."version" + 1`, or whatever else follows the version that is there, for the `set` of a plain `diesel::update` or of an upsert.
///
/// An update of Diesel's own asks for no version; but it has to change the version, or others who hold a copy of the row overwrite
/// it unnoticed. With this it does. For a plain counter it is all that is needed: the database adds, so nobody is refused,
/// and nothing has to be tried again.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, bump_version, prelude::*};
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// diesel::update(products::table.filter(products::quantity.gt(5)))
///     .set((products::quantity.eq(products::quantity - 1), bump_version::<Product>()))
///     .execute(conn)?;
/// assert!(lamp.save_optimistic(conn).unwrap_err().is_stale());
/// # Ok::<_, Error>(())
/// ```
///
/// An upsert, such as an importer's, advances the version in the same way:
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, bump_version, prelude::*};
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// diesel::insert_into(products::table)
///     .values((products::id.eq(1), products::name.eq("lamp"), products::quantity.eq(3), products::version.eq(1)))
///     .on_conflict(products::id)
///     .do_update()
///     .set((products::quantity.eq(3), bump_version::<Product>()))
///     .execute(conn)?;
/// assert!(lamp.save_optimistic(conn).unwrap_err().is_stale());
/// # Ok::<_, Error>(())
/// ```
///
/// For every generator that has a [form in SQL](crate::version::SqlForm): counters, `UuidV4`, and [`Timestamp`](crate::Timestamp)
/// with the system's clock. The version of each row is another one, later than or not the one that is there. Any other generator
/// does not compile.
///
/// The database computes, so at the end of a counter's range it is the database that refuses: PostgreSQL does, MySQL does in its
/// strict mode, SQLite does not. On a database that occ does not know, and for a column of a type that the generator's values are not
/// usually stored in, building the statement is an error, unless it is a counter.
#[must_use]
pub fn bump_version<M>() -> BumpVersion<M>
where
    M: OptimisticLock<Generator: SqlForm<<M as OptimisticLock>::Version>>,
{
    BumpVersion { table: from_clause::<M>(), form: <M::Generator as SqlForm<M::Version>>::FORM }
}

/// See [`bump_version`].
pub struct BumpVersion<M: OptimisticLock> {
    table: FromClause<M>,
    form: Form,
}

impl<M: OptimisticLock> fmt::Debug for BumpVersion<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BumpVersion").field("table", &M::table_name()).finish()
    }
}

impl<M: OptimisticLock> Clone for BumpVersion<M> {
    fn clone(&self) -> Self {
        Self { table: from_clause::<M>(), form: self.form }
    }
}

impl<M: OptimisticLock> Copy for BumpVersion<M> where FromClause<M>: Copy {}

impl<M: OptimisticLock> AsChangeset for BumpVersion<M> {
    type Target = M::Table;
    type Changeset = Self;

    fn as_changeset(self) -> Self {
        self
    }
}

impl<M, DB> QueryFragment<DB> for BumpVersion<M>
where
    M: OptimisticLock,
    DB: Speaks,
    FromClause<M>: QueryFragment<DB>,
{
    /// The column that is read is named with its table, as Diesel does: in an upsert PostgreSQL would not know whether the
    /// row that is there is meant, or the one that was to be inserted.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_identifier(M::VersionColumn::NAME)?;
        out.push_sql(" = ");
        let next = bump_sql::next_version::<VersionSqlType<M>>(self.form, out.backend().dialect());
        let next = next.ok_or_else(|| unknown::<M>())?;
        for (index, piece) in next.split('@').enumerate() {
            if index > 0 {
                self.table.walk_ast(out.reborrow())?;
                out.push_sql(".");
                out.push_identifier(M::VersionColumn::NAME)?;
            }
            out.push_sql(piece);
        }
        Ok(())
    }
}

fn unknown<M: OptimisticLock>() -> DieselError {
    let what = format!(
        "`bump_version` does not know how this database makes the next version of `{}` in a column of the type `{}`: load the rows \
         and save them",
        M::table_name(),
        std::any::type_name::<VersionSqlType<M>>()
    );
    DieselError::QueryBuilderError(what.into())
}

impl<M: OptimisticLock> QueryId for BumpVersion<M> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
