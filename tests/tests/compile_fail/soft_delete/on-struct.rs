use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Bool,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ(soft_delete)] //~ ERROR `soft_delete` belongs on a field
struct Product {
    id: i32,
    deleted: bool,
    version: i32,
}

fn main() {}
