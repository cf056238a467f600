use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        colour -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: i32, //~ ERROR a field of type `i32` does not fit the column
    colour: Option<String>, //~ ERROR the column `products::columns::colour` is NOT NULL
    version: i32,
}

fn main() {}
