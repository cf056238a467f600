//! `UPDATE "products" SET "name" = ?, "version" = ? WHERE "id" = ? AND "version" = ?`

use diesel::Column as _;
use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

use super::dialect::Speaks;
use super::{FromClause, RowKey, StatementKey, from_clause};
use crate::column::{Equations, FirstColumn};
use crate::model::{Columns, HasUnversioned, OptimisticLock, SqlText};
use crate::outcome::is_xmin;

/// Writes `assignments` and the version `next`, if the row is at `expected`. Without an expected version, whatever it is at.
pub struct Update<'a, M: OptimisticLock, A> {
    table: FromClause<M>,
    key: RowKey<'a, M>,
    assignments: A,
    next: Option<&'a M::Version>,
    expected: Option<&'a M::Version>,
}

impl<'a, M: OptimisticLock, A> Update<'a, M, A> {
    /// `next` is `None` where the database makes the version, or it stays.
    pub(crate) fn new(
        row: &'a M,
        assignments: A,
        next: Option<&'a M::Version>,
        expected: Option<&'a M::Version>,
    ) -> Self {
        Self { table: from_clause::<M>(), key: RowKey::of(row), assignments, next, expected }
    }

    /// `"products" WHERE ..`, with all that the row has to be for this update to match it.
    pub(super) fn walk_matched<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Speaks,
        M: Columns<DB>,
        A: Assignments<M, DB>,
        FromClause<M>: QueryFragment<DB>,
    {
        self.table.walk_ast(out.reborrow())?;
        match self.expected {
            Some(version) => self.key.walk_where_at(version, out.reborrow())?,
            None => self.key.walk_where(out.reborrow())?,
        }
        self.assignments.walk_guard(out)
    }
}

/// How an [`Update`] is cached, which does not depend on the backend.
pub trait UpdateKind<M: OptimisticLock> {
    /// Sets this kind apart from others of the same struct.
    type Id: 'static;
    /// Whether its text is always the same, and then built only once.
    const IS_FIXED: bool;
    /// How often the text of such an update can differ.
    fn sql_text(&self) -> SqlText;
}

/// What an [`Update`] sets besides the version.
pub trait Assignments<M: OptimisticLock, DB: Backend>: UpdateKind<M> {
    /// Adds the assignments to the `SET` clause.
    fn assign<'a, 'b>(&'b self, key: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b;

    /// Whether more than the version is asked for: see [`Guarded`](super::Guarded).
    const GUARDS: bool = false;

    /// Goes on with the `WHERE` clause.
    fn walk_guard<'b>(&'b self, _: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Ok(())
    }
}

/// Every column of the struct.
pub struct WholeRow;

impl<M: OptimisticLock> UpdateKind<M> for WholeRow {
    type Id = Self;
    const IS_FIXED: bool = matches!(M::SQL_TEXT, SqlText::Fixed);

    fn sql_text(&self) -> SqlText {
        M::SQL_TEXT
    }
}

impl<M, DB> Assignments<M, DB> for WholeRow
where
    M: Columns<DB>,
    DB: Backend,
{
    fn assign<'a, 'b>(&'b self, key: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        key.row.values(&key.prepared, set)
    }
}

/// The columns that a save leaves alone.
pub struct UnversionedFields;

impl<M: OptimisticLock + HasUnversioned> UpdateKind<M> for UnversionedFields {
    type Id = Self;
    const IS_FIXED: bool = matches!(<M as HasUnversioned>::SQL_TEXT, SqlText::Fixed);

    fn sql_text(&self) -> SqlText {
        <M as HasUnversioned>::SQL_TEXT
    }
}

impl<M, DB> Assignments<M, DB> for UnversionedFields
where
    M: Columns<DB> + HasUnversioned,
    DB: Backend,
{
    fn assign<'a, 'b>(&'b self, key: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        key.row.unversioned(&key.prepared, set)
    }
}

/// Nothing besides the version.
pub struct Nothing;

impl<M: OptimisticLock> UpdateKind<M> for Nothing {
    type Id = Self;
    const IS_FIXED: bool = true;

    fn sql_text(&self) -> SqlText {
        SqlText::Fixed
    }
}

impl<M: OptimisticLock, DB: Backend> Assignments<M, DB> for Nothing {
    fn assign<'a, 'b>(&'b self, _: &'b RowKey<'a, M>, _: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        Ok(())
    }
}

/// A changeset of the caller's.
pub struct Changes<C>(pub(crate) C);

impl<M: OptimisticLock, C> UpdateKind<M> for Changes<C> {
    type Id = ();
    const IS_FIXED: bool = false;

    /// Any expression can be in there, so any number of texts: Diesel's own rule for an UPDATE.
    fn sql_text(&self) -> SqlText {
        SqlText::Many
    }
}

impl<M, DB, C> Assignments<M, DB> for Changes<C>
where
    M: OptimisticLock,
    DB: Backend,
    C: QueryFragment<DB>,
{
    fn assign<'a, 'b>(&'b self, _: &'b RowKey<'a, M>, set: &mut Equations<'_, 'b, DB>) -> QueryResult<()>
    where
        'a: 'b,
    {
        crate::column::ColumnVisitor::embedded(set, &self.0)
    }
}

impl<M, A, DB> QueryFragment<DB> for Update<'_, M, A>
where
    DB: Speaks,
    M: Columns<DB>,
    A: Assignments<M, DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if matches!(self.assignments.sql_text(), SqlText::Many) {
            out.unsafe_to_cache_prepared();
        }
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        let mut set = Equations::assignments(out.reborrow());
        self.assignments.assign(&self.key, &mut set)?;
        match self.next {
            // Last, so that it wins on backends that accept a column twice.
            Some(next) => M::visit_version(next, &mut set)?,
            None if set.is_empty() => {
                let mut column = FirstColumn::default();
                self.key.row.values(&self.key.prepared, &mut column)?;
                if column.name.is_none() && is_xmin::<M::Version>() {
                    // Nobody may set `xmin`, not even to itself.
                    self.key.row.key(&self.key.prepared, &mut column)?;
                }
                set.unchanged(column.name.unwrap_or(M::VersionColumn::NAME))?;
            }
            None => {}
        }
        match self.expected {
            Some(version) => self.key.walk_where_at(version, out.reborrow())?,
            None => self.key.walk_where(out.reborrow())?,
        }
        self.assignments.walk_guard(out)
    }
}

impl<M: OptimisticLock, A: UpdateKind<M>> QueryId for Update<'_, M, A> {
    type QueryId = StatementKey<A::Id, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool = A::IS_FIXED;
}

/// The same, and answers with the version that the row has then: for PostgreSQL.
pub struct ReturningVersion<U>(pub(crate) U);

impl<'a, M, A, DB> QueryFragment<DB> for ReturningVersion<Update<'a, M, A>>
where
    DB: Backend,
    M: Columns<DB>,
    Update<'a, M, A>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" RETURNING ");
        out.push_identifier(M::VersionColumn::NAME)
    }
}

impl<M: OptimisticLock, A> Query for ReturningVersion<Update<'_, M, A>> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

impl<U, Conn> RunQueryDsl<Conn> for ReturningVersion<U> {}

impl<U: QueryId> QueryId for ReturningVersion<U> {
    type QueryId = StatementKey<ReturningVersion<()>, U::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = U::HAS_STATIC_QUERY_ID;
}
