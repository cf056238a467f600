use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: Option<i32>, //~ ERROR a key column is never NULL
    name: String,
    version: i32,
}

fn main() {}
