use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    #[occ(unversioned)] //~ ERROR the key says which row is written
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
