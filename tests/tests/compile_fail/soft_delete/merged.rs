use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Bool,
        version -> Integer,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(tracked)]
struct Product {
    id: i32,
    #[occ(soft_delete, merge = mine)] //~ ERROR whether a row is deleted is not merged
    deleted: bool,
    version: i32,
}

fn main() {}
