use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(table_name)] //~ ERROR `table_name` takes a path as its value
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
