use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        quantity -> BigInt,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    quantity: i32, //~ ERROR `i32` does not fit the column
    version: i32,
}

fn main() {}
