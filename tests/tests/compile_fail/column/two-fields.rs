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
    #[diesel(column_name = name)] //~ ERROR two fields hold the column `name`
    title: String,
    version: i32,
}

fn main() {}
