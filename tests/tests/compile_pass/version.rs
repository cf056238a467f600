//! What the help lines about the version advise.

use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use occ_runtime::version::Counter;
use occ_runtime::SavesOn;
use occ_runtime::{VersionError, VersionGenerator, prelude::*};

/// help: add it to the struct and to `table!`: `#[occ(version)] version: i32`
/// help: a version in an embedded struct is not seen: move it from there to the struct itself, and mark it there: `#[occ(version)] version: i32`
mod added {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: String,
        #[occ(version)]
        version: i32,
    }
}

/// help: if it counts the writes of the row, mark it: `#[occ(version)] lock_version: i64`
mod marked {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            lock_version -> BigInt,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: String,
        #[occ(version)]
        lock_version: i64,
    }
}

/// help: if it changes with each write of the row, mark it: `#[occ(version)] written_at: SystemTime`
mod marked_by_its_type {
    use super::*;
    use std::time::SystemTime;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            written_at -> Timestamp,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: String,
        #[occ(version)]
        written_at: SystemTime,
    }
}

/// help: if it counts the writes of the row, mark it: `#[occ(version)] #[diesel(column_name = lock_version)] i64`
mod marked_in_tuple_struct {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            lock_version -> BigInt,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product(
        #[diesel(column_name = id)] i32,
        #[occ(version)]
        #[diesel(column_name = lock_version)]
        i64,
    );
}

/// help: take it out of `primary_key`
mod out_of_the_key {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(primary_key(id))]
    pub struct Product {
        id: i32,
        name: String,
        version: i32,
    }
}

/// help: give it a column of its own: `#[occ(version)] version: i32`
mod beside_the_key {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: String,
        #[occ(version)]
        version: i32,
    }
}

/// note: or name one of your own: `generator = MyGenerator`, with `impl VersionGenerator<String> for MyGenerator`
mod named_generator {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Text,
        }
    }

    pub struct MyGenerator;

    impl VersionGenerator<String> for MyGenerator {
        fn initial() -> String {
            "a".to_owned()
        }

        fn next(current: &String) -> Result<String, VersionError> {
            Ok(format!("{current}a"))
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: String,
        #[occ(version, generator = MyGenerator)]
        version: String,
    }
}

/// note: for a type of your own that counts
mod counter {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(Debug, PartialEq, AsExpression, diesel::deserialize::FromSqlRow)]
    #[diesel(sql_type = Integer)]
    pub struct Revision(i32);

    impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<Integer, DB> for Revision
    where
        i32: diesel::serialize::ToSql<Integer, DB>,
    {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, DB>,
        ) -> diesel::serialize::Result {
            self.0.to_sql(out)
        }
    }

    impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<Integer, DB> for Revision
    where
        i32: diesel::deserialize::FromSql<Integer, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
            i32::from_sql(bytes).map(Revision)
        }
    }

    impl Counter for Revision {
        const FIRST: Self = Revision(1);

        fn successor(&self) -> Option<Self> {
            self.0.checked_add(1).map(Revision)
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: String,
        version: Revision,
    }
}

/// help: use an integer: `i32` or `i64`
mod an_integer {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> BigInt,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: String,
        version: i64,
    }
}

fn saves<M: SavesOn<SqliteConnection>>() {}

fn main() {
    saves::<added::Product>();
    saves::<marked::Product>();
    saves::<marked_in_tuple_struct::Product>();
    saves::<out_of_the_key::Product>();
    saves::<beside_the_key::Product>();
    saves::<named_generator::Product>();
    saves::<counter::Product>();
    saves::<an_integer::Product>();
}
