use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Timestamp,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(soft_delete)]
    deleted: Option<std::time::SystemTime>, //~ ERROR is NOT NULL, and its field is an `Option`
    version: i32,
}

fn main() {}
