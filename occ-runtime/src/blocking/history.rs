//! A row as it was at a version.

use diesel::Table;
use diesel::connection::{Connection, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::dsl::AsSelect;
use diesel::expression::{Expression, QueryMetadata, Selectable, SelectableExpression, TypedExpressionType};
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::SqlType;

use crate::model::columns::Columns;
use crate::model::key_form::One;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::versioned::Versioned;
use crate::operation::revision;
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its body names")]
use crate::operation::revision::*;
use crate::statement::dialect::Speaks;
use crate::statement::row_key::FromClause;

/// Rows as they were: for tables that have a [`HistoryTrigger`](crate::HistoryTrigger).
pub trait HistoryDsl: OptimisticLock {
    /// The row with this key as it was at this version, or is, if that is the present one. `None` if there never was such a row, or if
    /// it is not kept.
    ///
    /// `key` is what Diesel's `find` takes: a value, or a tuple. The struct needs `Queryable` and `Selectable`, and what it
    /// selects are columns that the history has.
    ///
    /// It makes a merge possible for a client that knows nothing but the version of what it has edited: the revision is the base,
    /// which tells what the client has changed.
    ///
    /// One `SELECT` of the table, and, if the row is at another version or gone, one of `products_history`. A row that is written between
    /// the two is found in the second.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if the table cannot be read, or its history, such as where there is none.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use diesel::connection::SimpleConnection;
    /// # use occ_runtime::{Error, HistoryTrigger, Tracked, prelude::*};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// conn.batch_execute(&HistoryTrigger::new("articles", ["id"], "version", ["title", "body", "views"]).sqlite())?;
    ///
    /// // Somebody saves, after a client has been shown version 1.
    /// let mut theirs = articles::table.find(1).select(Tracked::<Article>::as_select()).first(conn)?;
    /// theirs.body = "They open.".into();
    /// theirs.save_optimistic(conn)?;
    ///
    /// // The client sends the article as it wants it, with that version and nothing else.
    /// let sent = Article { id: 1, title: "Locks".into(), body: "They close.".into(), views: 10, version: 1 };
    /// let base = Article::revision(1, sent.version, conn)?.expect("versions are kept for a year");
    /// let mut mine = Tracked::from_edit(base, sent);
    /// assert_eq!(mine.dirty_fields(), ["title"]);
    /// mine.rebase(conn)?;
    /// mine.save_optimistic(conn)?;
    /// assert_eq!((mine.title.as_str(), mine.body.as_str(), mine.version), ("Locks", "They open.", 3));
    /// # Ok::<_, Error>(())
    /// ```
    fn revision<C, K, Form>(key: K, version: Self::Version, conn: &mut C) -> Result<Option<Self>, Error>
    where
        C: Connection,
        Self: FindsRevisionsOn<C, K, Form>,
    {
        Self::find_revision(key, version, conn)
    }
}

impl<M: OptimisticLock> HistoryDsl for M {}

/// A model whose revisions are found by the key `K` through the connection `C`: the bound for [`revision`](HistoryDsl::revision) in
/// generic code. `Form` tells a key of one column, which it is if nothing is said, from one of several.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::prelude::*;
/// use occ_runtime::{Error, bound::FindsRevisionsOn};
///
/// fn was_there<C, M>(id: i32, version: M::Version, conn: &mut C) -> Result<bool, Error>
/// where
///     C: Connection,
///     M: FindsRevisionsOn<C, i32>,
/// {
///     Ok(M::revision(id, version, conn)?.is_some())
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "no revision of `{Self}` is found by a key of type `{K}`",
    label = "not by such a key, or this is no connection",
    note = "the key is what Diesel's `find` takes: a value, or a tuple for a key of several columns, in the order of `table!`",
    note = "`{Self}` needs `#[derive(Queryable, Selectable, OptimisticLock)]` and a version",
    note = "in a generic function the bound is `{Self}: occ_runtime::bound::FindsRevisionsOn<{C}, {K}>`"
)]
pub trait FindsRevisionsOn<C: Connection, K, Form = One>: Versioned {
    #[doc(hidden)]
    fn find_revision(key: K, version: Self::Version, conn: &mut C) -> Result<Option<Self>, Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C, K, Form> FindsRevisionsOn<C, K, Form> for M
where
    M: Versioned,
    C: Connection + FindsRevisions<M, K, Form>,
{
    fn find_revision(key: K, version: M::Version, conn: &mut C) -> Result<Option<M>, Error> {
        C::find_revision(key, version, conn)
    }
}

/// [`FindsRevisionsOn`] seen from the connection: so that a model that cannot be read is one error, once the connection is known.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no revision of `{M}` is found by a key of type `{K}`",
    label = "not by such a key, or this is no connection",
    note = "the key is what Diesel's `find` takes: a value, or a tuple for a key of several columns, in the order of `table!`",
    note = "`{M}` needs `#[derive(Queryable, Selectable, OptimisticLock)]` and a version"
)]
pub trait FindsRevisions<M: OptimisticLock, K, Form> {
    fn find_revision(key: K, version: M::Version, conn: &mut Self) -> Result<Option<M>, Error>;
}

#[diagnostic::do_not_recommend]
impl<M, C, K, Form, E, ST, W> FindsRevisions<M, K, Form> for C
where
    M: Columns<C::Backend> + Versioned,
    M: Selectable<C::Backend, SelectExpression = E> + FromSqlRow<ST, C::Backend> + 'static,
    C: Connection<Backend: Speaks + QueryMetadata<AsSelect<M, C::Backend>> + 'static> + LoadConnection,
    M::Table: Table<PrimaryKey: KeyValues<K, Form, Equal = W>>,
    W: QueryFragment<C::Backend> + QueryId,
    E: Expression<SqlType = ST> + SelectableExpression<M::Table>,
    E: QueryFragment<C::Backend> + QueryId + 'static,
    ST: SqlType + TypedExpressionType + 'static,
    FromClause<M>: QueryFragment<C::Backend>,
{
    revision::revision!(blocking);
}
