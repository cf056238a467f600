use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Text,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: String, //~ ERROR `String` has no default version generator
}

fn main() {}
