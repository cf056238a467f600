use occ_runtime::prelude::*;

diesel::table! {
    shop_items (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(table_name = "shop_items")] //~ ERROR `table_name` takes a path as its value
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
