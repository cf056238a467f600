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
    #[occ(soft_delete = "deleted")] //~ ERROR `soft_delete` takes no value
    deleted: bool,
    version: i32,
}

fn main() {}
