use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn version_of(product: &Product) -> &i32 {
    OptimisticLock::version(product) //~ ERROR `Product` has no optimistic lock
}

fn main() {}
