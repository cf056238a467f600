use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

use std::num::Wrapping;

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: Wrapping<i32>, //~ ERROR `Wrapping<i32>` has no default version generator
}

fn main() {}
