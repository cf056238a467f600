use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Nullable<Bool>,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(soft_delete)]
    deleted: bool, //~ ERROR says whether a row is deleted, and is nullable
    version: i32,
}

fn main() {}
