//! Rows that are deleted by a mark in a column, and stay where they are.

use std::time::SystemTime;

use diesel::Column;
use diesel::backend::Backend;
use diesel::query_builder::AstPass;
use diesel::result::{Error as DieselError, QueryResult};

use crate::model::columns::{ColumnValue, ColumnVisitor};
use crate::model::declared::{Declared, never};
use crate::model::mark::{Deletion, Mark, MarkColumn};
use crate::model::optimistic_lock::OptimisticLock;
use crate::version::timestamp::{Micros, PointInTime, Precision as _};

/// A struct with a field that is `#[occ(soft_delete)]`: a deletion writes that field and leaves the row where it is. The derive
/// implements it; [`restore_optimistic`](crate::SoftDeleteDsl::restore_optimistic) undoes it.
///
/// The field is a `bool`, or an `Option` of a point in time as a [`Timestamp`](crate::Timestamp) version knows it (or any type of your own
/// that is a [`PointInTime`]), in microseconds of the program's clock.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
#[doc = include_str!("../example_soft.txt")]
/// # let conn = &mut connection();
/// let note: Note = notes::table.find(1).select(Note::as_select()).first(conn)?;
/// assert!(!note.is_deleted());
/// note.delete_optimistic(conn)?; // UPDATE notes SET deleted = ?, version = ? WHERE id = ? AND NOT deleted AND version = ?
///
/// let mut note: Note = notes::table.find(1).select(Note::as_select()).first(conn)?;
/// assert!(note.is_deleted());
/// assert!(matches!(note.save_optimistic(conn), Err(Error::Stale(gone)) if gone.is_deleted()));
/// note.restore_optimistic(conn)?;
/// assert_eq!((note.is_deleted(), note.version), (false, 3));
/// # Ok::<_, Error>(())
/// ```
///
/// # What is deleted
///
/// The row says it, and not what is in memory: each statement of occ's has a condition that the row is not marked, so there is no moment
/// between a look and a write. Your own queries have no such condition, and find what is deleted: filter by the column where you load
/// what people see, and load without to restore.
///
#[doc = include_str!("../../docs/SOFT_DELETE.md")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no mark for rows that are deleted",
    label = "its rows are deleted for good",
    note = "mark the field that says so: `#[occ(soft_delete)]`, above a `bool` or an `Option` of a point in time"
)]
pub trait SoftDelete: OptimisticLock {
    /// Whether the value has the mark. The row may have got it since: a deletion changes no value in memory.
    fn is_deleted(&self) -> bool;
}

/// Which rows a statement is for, where rows can be deleted by a mark. Elsewhere all are the same.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Those that are not deleted.
    There,
    /// Those that are.
    Deleted,
    /// Both.
    All,
}

impl Rows {
    /// Goes on with a `WHERE` clause: ` AND "deleted_at" IS NULL`, or ` AND NOT "deleted"`.
    pub(crate) fn walk<M, DB>(self, out: &mut AstPass<'_, '_, DB>) -> QueryResult<()>
    where
        M: OptimisticLock,
        DB: Backend,
    {
        M::MARK.map_or(Ok(()), |mark| self.walk_mark(mark, out))
    }

    /// The same where it is known that there is a mark.
    pub(crate) fn walk_mark<DB>(self, mark: MarkColumn, out: &mut AstPass<'_, '_, DB>) -> QueryResult<()>
    where
        DB: Backend,
    {
        let MarkColumn { name, is_flag } = mark;
        if self == Self::All {
            return Ok(());
        }
        out.push_sql(if is_flag && self == Self::There { " AND NOT " } else { " AND " });
        out.push_identifier(name)?;
        out.push_sql(match self {
            _ if is_flag => "",
            Self::There => " IS NULL",
            Self::Deleted | Self::All => " IS NOT NULL",
        });
        Ok(())
    }
}

impl MarkColumn {
    #[must_use]
    pub const fn of<C: Column, T: MarkType<Checks>, Checks>() -> Self {
        Self::new(C::NAME, T::IS_FLAG)
    }
}

impl Mark {
    #[must_use]
    pub fn of<T: MarkType<Checks> + Send + Sync + 'static, Checks>(deletion: Deletion) -> Self {
        Self::holding(T::made(deletion))
    }

    /// Shows it to a visitor, as the value of its column.
    pub fn visit<'b, C, T, DB, Checks, V>(&'b self, visitor: &mut V) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, Checks> + 'static,
        DB: Backend,
        V: ColumnVisitor<'b, DB>,
    {
        match self.held::<T>() {
            Some(mark) => visitor.column::<C, T, Checks>(mark),
            None => Err(DieselError::QueryBuilderError("a mark of another struct".into())),
        }
    }
}

/// A type that can say that a row is deleted.
#[doc(hidden)]
pub trait DeletionMark: Sized {
    const IS_FLAG: bool;
    fn is_deleted(&self) -> bool;
    fn made(deletion: Deletion) -> Self;
}

impl DeletionMark for bool {
    const IS_FLAG: bool = true;

    fn is_deleted(&self) -> bool {
        *self
    }

    fn made(deletion: Deletion) -> Self {
        deletion == Deletion::Now
    }
}

#[diagnostic::do_not_recommend]
impl<T: PointInTime> DeletionMark for Option<T> {
    const IS_FLAG: bool = false;

    fn is_deleted(&self) -> bool {
        self.is_some()
    }

    /// Cut to what a column stores, so that what is in memory is what is read. A type that cannot hold the present says the Unix epoch.
    fn made(deletion: Deletion) -> Self {
        if deletion == Deletion::Undone {
            return None;
        }
        let now = SystemTime::now().units_since_epoch(Micros::UNIT);
        T::from_units(now, Micros::UNIT).or_else(|| T::from_units(0, Micros::UNIT))
    }
}

/// The same of a field that may be of no such type: then the derive has reported an error, and none of it ever runs.
#[doc(hidden)]
pub trait MarkType<Checks = Declared<false>>: Sized {
    const IS_FLAG: bool;
    fn is_deleted(&self) -> bool;
    fn made(deletion: Deletion) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: DeletionMark> MarkType<Declared<false>> for T {
    const IS_FLAG: bool = T::IS_FLAG;

    fn is_deleted(&self) -> bool {
        DeletionMark::is_deleted(self)
    }

    fn made(deletion: Deletion) -> Self {
        DeletionMark::made(deletion)
    }
}

#[diagnostic::do_not_recommend]
impl<T> MarkType<Declared<true>> for T {
    const IS_FLAG: bool = true;

    fn is_deleted(&self) -> bool {
        never()
    }

    fn made(_: Deletion) -> Self {
        never()
    }
}
