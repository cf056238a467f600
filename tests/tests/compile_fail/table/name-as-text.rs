use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(table_name = "products")] //~ ERROR
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
