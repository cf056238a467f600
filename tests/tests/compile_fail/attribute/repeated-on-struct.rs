use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ(crate = occ_runtime, crate = occ_runtime)] //~ ERROR `crate` is given twice
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
