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
struct Product {
    #[occ(soft_delete)] //~ ERROR the key says which row is deleted
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
