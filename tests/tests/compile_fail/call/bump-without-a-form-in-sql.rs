use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_runtime::{VersionError, VersionGenerator, bump_version};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

struct Even;

impl VersionGenerator<i32> for Even {
    fn initial() -> i32 {
        0
    }

    fn next(current: &i32) -> Result<i32, VersionError> {
        current.checked_add(2).ok_or_else(|| VersionError::exhausted(current))
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(version, generator = Even)]
    version: i32,
}

fn rename_all(conn: &mut SqliteConnection) -> QueryResult<usize> {
    diesel::update(products::table)
        .set((products::name.eq("lamp"), bump_version::<Product>())) //~ ERROR `Even` has no form in SQL
        .execute(conn)
}

fn main() {}
