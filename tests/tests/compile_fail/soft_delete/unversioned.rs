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
    #[occ(soft_delete, unversioned)] //~ ERROR a deletion changes the version
    deleted: bool,
    version: i32,
}

fn main() {}
