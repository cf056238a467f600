use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Binary,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: uuid::Uuid, //~ ERROR `Uuid` has no default version generator
}

fn main() {}
