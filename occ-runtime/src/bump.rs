//! The version in an `UPDATE` of many rows.

use std::marker::PhantomData;

use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::{AsChangeset, AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;

use crate::generator::Increment;
use crate::model::OptimisticLock;

/// `"version" = "version" + 1`, for the `set` of a plain `diesel::update`.
///
/// An update of Diesel's own asks for no version; but it has to move it on, or whoever holds a copy of the row overwrites
/// it unnoticed. With this it does. For a plain counter it is all that is needed: the database adds, so nobody is refused,
/// and nothing has to be tried again.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, bump_version, prelude::*};
#[doc = include_str!("example.txt")]
/// # let conn = &mut connection();
/// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// diesel::update(products::table.filter(products::quantity.gt(5)))
///     .set((products::quantity.eq(products::quantity - 1), bump_version::<Product>()))
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
    BumpVersion(PhantomData)
}

/// See [`bump_version`].
#[derive(Clone, Copy, Debug)]
pub struct BumpVersion<M>(PhantomData<fn() -> M>);

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
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_identifier(M::VersionColumn::NAME)?;
        out.push_sql(" = ");
        out.push_identifier(M::VersionColumn::NAME)?;
        out.push_sql(" + 1");
        Ok(())
    }
}

impl<M> QueryId for BumpVersion<M> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
