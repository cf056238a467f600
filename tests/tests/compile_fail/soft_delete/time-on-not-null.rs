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
    deleted: Option<std::time::SystemTime>, //~ ERROR says since when a row is deleted, and is NOT NULL
    version: i32,
}

fn main() {}
