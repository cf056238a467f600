//! The SQL statements, as query nodes of our own.
//!
//! Diesel prepares every `UPDATE` anew, since the text of an arbitrary changeset is unbounded. Ours is written by
//! the derive and known to be one text (or a few), so these nodes leave out Diesel's
//! `unsafe_to_cache_prepared` and the statement is prepared once per connection. Where the text cannot vary they
//! also have a static [`QueryId`](diesel::query_builder::QueryId), so that a warm save builds no SQL at all.

mod changed;
mod delete;
pub(crate) mod dialect;
mod erased;
#[cfg(feature = "retry")]
mod find;
mod guard;
mod loaded;
mod many;
mod matched;
mod select;
mod stored_as;
mod update;
mod version;

pub(crate) use changed::Changed;
pub(crate) use delete::Delete;
pub(crate) use erased::Erased;
#[cfg(feature = "retry")]
pub(crate) use find::{FindRow, KeyEquals};
pub(crate) use guard::{Always, Guard, GuardKind, Guarded, If, Predicate};
pub(crate) use loaded::AsLoaded;
pub(crate) use many::{Chunks, Form};
pub(crate) use matched::Matched;
pub(crate) use select::{CurrentRow, CurrentVersion, PresentVersion};
pub(crate) use stored_as::StoredAs;
pub(crate) use update::{
    Assignments, Changes, Nothing, ReturningVersion, UnversionedFields, Update, WholeRow,
};

use std::marker::PhantomData;

use diesel::QuerySource;
use diesel::backend::Backend;
use diesel::query_builder::AstPass;
use diesel::result::QueryResult;

use self::dialect::Speaks;
use self::version::AtVersion;
use crate::column::Equations;
use crate::model::{Columns, OptimisticLock};

/// The `FROM` form of a model's table: its quoted name, with the schema if it has one.
pub(crate) type FromClause<M> = <<M as OptimisticLock>::Table as QuerySource>::FromClause;

pub(crate) fn from_clause<M: OptimisticLock>() -> FromClause<M> {
    M::table().from_clause()
}

/// Names the text of a statement in the cache: the statement's kind and the struct that wrote it.
pub struct StatementKey<Kind, Id>(PhantomData<(Kind, Id)>);

/// One row, named by its primary key.
pub struct RowKey<'a, M: OptimisticLock> {
    row: &'a M,
    prepared: M::Prepared<'a>,
}

impl<'a, M: OptimisticLock> RowKey<'a, M> {
    pub(crate) fn of(row: &'a M) -> Self {
        Self { row, prepared: row.prepare() }
    }

    /// ` WHERE "id" = ?`
    fn walk_where<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend,
        M: Columns<DB>,
    {
        out.push_sql(" WHERE ");
        self.walk_key(out)
    }

    /// ` WHERE "id" = ? AND "version" = ?`
    fn walk_where_at<'b, DB>(
        &'b self,
        version: &'b M::Version,
        mut out: AstPass<'_, 'b, DB>,
    ) -> QueryResult<()>
    where
        DB: Speaks,
        M: Columns<DB>,
    {
        out.push_sql(" WHERE ");
        self.walk_key_at(version, out)
    }

    fn walk_key<'b, DB>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend,
        M: Columns<DB>,
    {
        self.row.key(&self.prepared, &mut Equations::conditions(out))
    }

    fn walk_key_at<'b, DB>(&'b self, version: &'b M::Version, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Speaks,
        M: Columns<DB>,
    {
        self.walk_key(out.reborrow())?;
        M::visit_version(version, &mut AtVersion(out))
    }
}
