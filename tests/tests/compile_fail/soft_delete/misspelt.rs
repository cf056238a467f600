use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Bool,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(softdelete)] //~ ERROR unknown key `softdelete`
    deleted: bool,
    version: i32,
}

fn main() {}
