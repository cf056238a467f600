use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ(crate = my_occ)] //~ ERROR unresolved import `my_occ`
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
