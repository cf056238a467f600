use occ_runtime::prelude::*;

diesel::table! {
    products (id, version) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(primary_key(id, version))] //~ ERROR the version is part of the primary key
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
