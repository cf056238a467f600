use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Nullable<Text>,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(soft_delete)]
    deleted: Option<String>, //~ ERROR cannot say that a row is deleted
    version: i32,
}

fn main() {}
