use occ_runtime::prelude::*;

diesel::table! {
    products (tenant, id) {
        tenant -> Integer,
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product { //~ ERROR `Product` finds its row by (id), but the primary key of `products` is (tenant, id)
    tenant: i32,
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
