use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        lock_version -> BigInt,
    }
}

#[derive(OptimisticLock)]
struct Product { //~ ERROR `Product` has no version field
    id: i32,
    name: String,
    lock_version: i64,
}

fn main() {}
