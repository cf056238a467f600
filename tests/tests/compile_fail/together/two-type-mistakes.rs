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
    name: i32, //~ ERROR `i32` does not fit the column
    colour: Option<String>, //~ ERROR the column `columns::colour` is NOT NULL
    version: i32,
}

fn main() {}
