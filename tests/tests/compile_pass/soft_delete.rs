//! What the help lines about rows that are deleted by a mark advise.

use std::time::{Duration, SystemTime};

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use diesel::sqlite::{Sqlite, SqliteValue};
use occ_runtime::{Error, prelude::*, version::PointInTime};

diesel::table! {
    notes (id) {
        id -> Integer,
        text -> Nullable<Text>,
        deleted_at -> Nullable<Timestamp>,
        deleted -> Bool,
        gone -> Nullable<BigInt>,
        version -> Integer,
    }
}

/// help: write above this field `#[diesel(treat_none_as_null = true)]`
/// `Option<SystemTime>` is one
mod as_null {
    use super::*;

    #[derive(OptimisticLock)]
    #[diesel(table_name = notes, treat_none_as_null = false)]
    pub struct Note {
        pub id: i32,
        pub text: Option<String>,
        #[diesel(treat_none_as_null = true)]
        #[occ(soft_delete)]
        pub deleted_at: Option<SystemTime>,
        pub version: i32,
    }
}

/// mark the field that says so: `#[occ(soft_delete)]`, above a `bool` or an `Option` of a point in time
/// help: use a `bool` or an `Option` of a point in time
/// help: move it to a `bool` or an `Option` of a point in time
/// help: add a version, `#[occ(version)] version: i32`, in place of `check` above the struct
mod flag {
    use super::*;

    #[derive(OptimisticLock)]
    #[diesel(table_name = notes)]
    pub struct Note {
        id: i32,
        #[occ(soft_delete)]
        deleted: bool,
        #[occ(version)]
        version: i32,
    }

    pub fn restore(conn: &mut SqliteConnection) -> Result<i32, Error> {
        Note::at(1, 1).restore(conn)
    }
}

/// for a type of your own that holds a point in time: `impl PointInTime`, of `occ_runtime::version`, and put it into an `Option`
mod own_type {
    use super::*;

    #[derive(Clone, Copy, Debug, AsExpression, FromSqlRow)]
    #[diesel(sql_type = BigInt)]
    pub struct Moment(i64);

    impl ToSql<BigInt, Sqlite> for Moment {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(self.0);
            Ok(serialize::IsNull::No)
        }
    }

    impl FromSql<BigInt, Sqlite> for Moment {
        fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
            i64::from_sql(value).map(Self)
        }
    }

    impl PointInTime for Moment {
        fn units_since_epoch(&self, unit: Duration) -> i128 {
            self.0.units_since_epoch(unit)
        }

        fn from_units(count: i128, unit: Duration) -> Option<Self> {
            i64::from_units(count, unit).map(Self)
        }
    }

    #[derive(Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = notes)]
    pub struct Note {
        id: i32,
        #[occ(soft_delete)]
        gone: Option<Moment>,
        version: i32,
    }

    pub fn delete_and_restore(conn: &mut SqliteConnection) -> Result<(), Error> {
        let note = notes::table.select(Note::as_select()).first(conn)?;
        note.delete_optimistic(conn)?;
        let mut note = notes::table.select(Note::as_select()).first(conn)?;
        assert!(note.is_deleted());
        note.restore_optimistic(conn)
    }
}

fn main() {
    let note = as_null::Note { id: 1, text: None, deleted_at: None, version: 1 };
    assert!(!note.is_deleted());
    let _ = (flag::restore, own_type::delete_and_restore);
}
