use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        sku -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(primary_key(sku))] //~ ERROR `Product` finds its row by (sku), but the primary key of `products` is (id)
struct Product {
    id: i32,
    sku: String,
    version: i32,
}

fn main() {}
