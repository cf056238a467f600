use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(primary_key())] //~ ERROR the primary key has no columns
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
