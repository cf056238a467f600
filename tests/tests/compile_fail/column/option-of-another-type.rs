use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        quantity -> Nullable<Integer>,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    quantity: Option<String>, //~ ERROR `String` does not fit the column
    version: i32,
}

fn main() {}
