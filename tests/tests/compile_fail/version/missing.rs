use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
    }
}

#[derive(OptimisticLock)]
struct Product { //~ ERROR `Product` has no version field
    id: i32,
    name: String,
}

fn main() {}
