use occ_runtime::prelude::*;

diesel::table! {
    products (sku) {
        sku -> Text,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product { //~ ERROR no field holds the key column `id`
    sku: String,
    name: String,
    version: i32,
}

fn main() {}
