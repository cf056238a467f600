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
#[diesel(primary_key(tenant, id))] //~ ERROR add to `Product` itself a field for `tenant`
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
