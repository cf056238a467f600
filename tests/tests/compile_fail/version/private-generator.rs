use occ_runtime::{VersionError, VersionGenerator, prelude::*};

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
pub struct Product {
    id: i32,
    name: String,
    #[occ(version, generator = Even)] //~ ERROR private type `Even` in public interface
    version: i32,
}

fn main() {}
