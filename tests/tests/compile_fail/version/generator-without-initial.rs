use occ_runtime::{OptimisticLock, VersionError, VersionGenerator};

diesel::table! {
    products (id) {
        id -> Integer,
        version -> Integer,
    }
}

struct Even;

impl VersionGenerator<i32> for Even { //~ ERROR not all trait items implemented, missing: `initial`
    fn next(current: &i32) -> Result<i32, VersionError> {
        Ok(current + 2)
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(version, generator = Even)]
    version: i32,
}

fn main() {}
