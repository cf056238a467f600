use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
    }
}

#[derive(OptimisticLock)]
struct Product {
    #[occ(version)] //~ ERROR the version is part of the primary key
    id: i32,
    name: String,
}

fn main() {}
