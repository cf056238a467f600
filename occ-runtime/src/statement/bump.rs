//! The version in an `UPDATE` of many rows.

use std::fmt;

use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::{AsChangeset, AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;

use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::row_key::{FromClause, from_clause};
use crate::version::counter::Increment;

/// `"version" = "products"."version" + 1`, for the `set` of a plain `diesel::update` or of an upsert.
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
/// For versions that [`Increment`] makes: others are made in Rust, one a row. The database does the sum, so at the end of the
/// column's range it is the database that refuses: PostgreSQL does, MySQL does in its strict mode, SQLite does not.
#[must_use]
pub fn bump_version<M>() -> BumpVersion<M>
where
    M: OptimisticLock<Generator = Increment>,
{
    BumpVersion { table: from_clause::<M>() }
}

/// See [`bump_version`].
pub struct BumpVersion<M: OptimisticLock> {
    table: FromClause<M>,
}

impl<M: OptimisticLock> fmt::Debug for BumpVersion<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BumpVersion").field("table", &M::table_name()).finish()
    }
}

impl<M: OptimisticLock> Clone for BumpVersion<M> {
    fn clone(&self) -> Self {
        Self { table: from_clause::<M>() }
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
    DB: Backend,
    FromClause<M>: QueryFragment<DB>,
{
    /// The column that is read is named with its table, as Diesel does: in an upsert PostgreSQL would not know whether the
    /// row that is there is meant, or the one that was to be inserted.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_identifier(M::VersionColumn::NAME)?;
        out.push_sql(" = ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(".");
        out.push_identifier(M::VersionColumn::NAME)?;
        out.push_sql(" + 1");
        Ok(())
    }
}

impl<M: OptimisticLock> QueryId for BumpVersion<M> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
