use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Bool,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: bool, //~ ERROR a version cannot be `bool`
}

fn main() {}
