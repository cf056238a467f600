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
    id: Box<i32>, //~ ERROR `Box<i32>` does not fit the column `columns::id`
    name: String,
    version: i32,
}

fn main() {}
