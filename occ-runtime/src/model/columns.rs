use diesel::Column;
use diesel::backend::Backend;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;

use crate::model::declared::Declared;
use crate::model::declared::never;
use crate::model::exact::ExactEquality;
use crate::model::mark::Mark;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::optimistic_lock::SqlText;

/// A struct with fields that are `#[occ(unversioned)]`: the bound of [`save_unversioned`](crate::OptimisticDsl::save_unversioned).
///
/// The derive implements it.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::bound::{HasUnversioned, SavesTrackedOn};
/// use occ_runtime::{Error, prelude::*};
///
/// fn write_counters<T, C>(row: &T, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     T: SavesTrackedOn<C> + HasUnversioned,
/// {
///     row.save_unversioned(conn)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no unversioned field",
    label = "there is nothing to write without the version",
    note = "mark the field that a save is to leave alone: `#[occ(unversioned)]`"
)]
pub trait HasUnversioned {
    /// How often the SQL text of their own write can differ.
    const SQL_TEXT: SqlText;
}

/// The columns of a struct, one visit each, in the order of its fields.
///
/// Generated code; the bounds on the field types are on the impl, so that a struct can be used with exactly
/// those backends that can bind all of its fields.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no optimistic lock on `{DB}`",
    label = "not every field of `{Self}` can be written to this backend",
    note = "if `{Self}` lacks it, add `#[derive(OptimisticLock)]`; otherwise see which field type the backend does not support"
)]
pub trait Columns<DB: Backend>: OptimisticLock {
    /// Visits every column of the primary key.
    fn key<'a, 'b, V>(&'b self, prepared: &'b Self::Prepared<'a>, visitor: &mut V) -> QueryResult<()>
    where
        Self: 'a,
        'a: 'b,
        V: ColumnVisitor<'b, DB>;

    /// Visits every other column, save the version.
    fn values<'a, 'b, V>(&'b self, prepared: &'b Self::Prepared<'a>, visitor: &mut V) -> QueryResult<()>
    where
        Self: 'a,
        'a: 'b,
        V: ColumnVisitor<'b, DB>;

    /// Visits the columns that a save leaves alone.
    fn unversioned<'a, 'b, V>(&'b self, prepared: &'b Self::Prepared<'a>, visitor: &mut V) -> QueryResult<()>
    where
        Self: 'a,
        'a: 'b,
        V: ColumnVisitor<'b, DB>,
    {
        let _ = (prepared, visitor);
        Ok(())
    }

    /// Visits the columns that are compared with what was loaded, where there is no version.
    fn compared<'a, 'b, V>(&'b self, prepared: &'b Self::Prepared<'a>, visitor: &mut V) -> QueryResult<()>
    where
        Self: 'a,
        'a: 'b,
        V: ColumnVisitor<'b, DB>,
    {
        let _ = (prepared, visitor);
        Ok(())
    }

    /// Asked before anything is written: whether a column is written both by the struct and by one that is embedded in it.
    fn written_once() -> QueryResult<()> {
        Ok(())
    }

    /// Visits the column that says that a row is deleted, with `mark` as its value.
    fn visit_mark<'b, V>(mark: &'b Mark, visitor: &mut V) -> QueryResult<()>
    where
        V: ColumnVisitor<'b, DB>,
    {
        let _ = (mark, visitor);
        Ok(())
    }

    /// Visits the version column with `version` as its value.
    fn visit_version<'b, V>(version: &'b Self::Version, visitor: &mut V) -> QueryResult<()>
    where
        V: ColumnVisitor<'b, DB>;
}

/// A struct all of whose columns are visited, each with its value, as an `INSERT` has them.
///
/// Not one that embeds another, as the columns in a changeset's SQL cannot be told from the values; nor one with a field that is
/// `skip_update`.
#[doc(hidden)]
pub trait InsertColumns<DB: Backend>: Columns<DB> {}

/// A value that can be bound where the column `C` is written or compared.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be bound to the column `{C}` on `{DB}`",
    note = "add `impl ToSql<.., {DB}> for {Self}`, for the SQL type that the column has in `table!`",
    note = "`SystemTime` is known to PostgreSQL and MySQL alone: on SQLite use an integer, or a type of `chrono` or `time` (the feature of \
            that name, of diesel and of occ-runtime)"
)]
pub trait ColumnValue<C, DB: Backend, Checks = Declared<false>> {
    /// Pushes this value as a bind parameter.
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

#[diagnostic::do_not_recommend]
impl<T, C, DB> ColumnValue<C, DB, Declared<false>> for T
where
    C: Column,
    DB: Backend + HasSqlType<<C as Expression>::SqlType>,
    T: ToSql<<C as Expression>::SqlType, DB>,
{
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_bind_param::<<C as Expression>::SqlType, T>(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T, C, DB: Backend> ColumnValue<C, DB, Declared<true>> for T {
    fn bind<'b>(&'b self, _: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        never()
    }
}

/// Is shown the columns of a row one by one.
#[doc(hidden)]
pub trait ColumnVisitor<'b, DB: Backend> {
    /// The column `C` and its value.
    fn column<C, T, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>;

    /// The column `C` of the type `ST` and what was loaded of it, for statements that compare them.
    fn compared<C, T, ST, K>(&mut self, value: &'b T) -> QueryResult<()>
    where
        C: Column,
        T: ColumnValue<C, DB, K>,
        ST: ExactEquality,
    {
        let _ = value;
        Ok(())
    }

    /// The columns of an embedded struct, as its own `AsChangeset` writes them. Visitors that do not write SQL ignore them.
    fn embedded<S>(&mut self, changeset: &'b S) -> QueryResult<()>
    where
        S: QueryFragment<DB>,
    {
        let _ = changeset;
        Ok(())
    }
}
