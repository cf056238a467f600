use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32, //~ ERROR cannot find type `version` in module `products`
}

fn main() {}
