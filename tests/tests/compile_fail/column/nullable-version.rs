use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Nullable<Integer>,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32, //~ ERROR the version column `columns::version` is nullable
}

fn main() {}
