use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        version -> Integer,
        revision -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(version)]
    version: i32,
    #[occ(version)] //~ ERROR only one field can be the version
    revision: i32,
}

fn main() {}
