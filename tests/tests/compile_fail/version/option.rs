use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Nullable<Integer>,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: Option<i32>, //~ ERROR a version cannot be `Option`
}

fn main() {}
