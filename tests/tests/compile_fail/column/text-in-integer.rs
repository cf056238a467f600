use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        quantity -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    quantity: String, //~ ERROR `String` does not fit the column
    version: i32,
}

fn main() {}
