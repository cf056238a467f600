use occ_runtime::prelude::*;

diesel::table! {
    products (id, version) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product { //~ ERROR give the version a column of its own
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
