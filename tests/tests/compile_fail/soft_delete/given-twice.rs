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
    #[occ(soft_delete, soft_delete)] //~ ERROR `soft_delete` is given twice
    deleted: bool,
    version: i32,
}

fn main() {}
