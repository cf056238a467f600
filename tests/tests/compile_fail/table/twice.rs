use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        version -> Integer,
    }
}

diesel::table! {
    archived_products (id) {
        id -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(table_name = products)]
#[diesel(table_name = archived_products)] //~ ERROR `table_name` is given twice
struct Product {
    id: i32,
    version: i32,
}

fn main() {}
