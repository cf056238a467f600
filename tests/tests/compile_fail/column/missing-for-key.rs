use occ_runtime::prelude::*;

diesel::table! {
    products (product_id) {
        product_id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32, //~ ERROR cannot find type `id` in module `products`
    name: String,
    version: i32,
}

fn main() {}
