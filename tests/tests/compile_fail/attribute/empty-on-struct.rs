use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ()] //~ ERROR this `occ` attribute says nothing
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
