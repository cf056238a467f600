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
    id: i32,
    name: Option<String>, //~ ERROR the column `columns::name` is NOT NULL
    version: i32,
}

fn main() {}
