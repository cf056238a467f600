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
    id: String, //~ ERROR `String` does not fit the column
    name: String,
    version: i32,
}

fn main() {}
