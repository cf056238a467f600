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
    nam: String, //~ ERROR cannot find type `nam` in module `products`
    version: i32,
}

fn main() {}
