use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(version, generator)] //~ ERROR `generator` takes a type as its value
    version: i32,
}

fn main() {}
