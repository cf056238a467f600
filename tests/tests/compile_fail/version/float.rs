use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Double,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: f64, //~ ERROR a version cannot be `f64`
}

fn main() {}
