use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(tracked)]
struct Product {
    id: i32,
    name: String,
    #[occ(unversioned, merge = add)] //~ ERROR a save does not write the field
    views: i32,
    version: i32,
}

fn main() {}
