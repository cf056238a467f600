use occ_runtime::{VersionError, VersionGenerator, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> BigInt,
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
    #[occ(version, generator = Even)] //~ ERROR the generator `Even` does not make versions of type `i64`
    version: i64,
}

fn main() {}
