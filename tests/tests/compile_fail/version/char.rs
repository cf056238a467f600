use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Text,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: char, //~ ERROR a version cannot be `char`
}

fn main() {}
