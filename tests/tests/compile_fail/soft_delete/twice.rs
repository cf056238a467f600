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
    id: i32,
    #[occ(soft_delete)]
    name: String,
    #[occ(soft_delete)] //~ ERROR only one field can say that a row is deleted, and `name` and `deleted` are marked
    deleted: bool,
    version: i32,
}

fn main() {}
