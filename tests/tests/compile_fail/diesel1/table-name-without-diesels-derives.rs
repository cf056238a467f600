use occ_runtime::prelude::*;

diesel::table! {
    items (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[table_name = "items"] //~ ERROR `#[table_name]` is an attribute of Diesel 1
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
