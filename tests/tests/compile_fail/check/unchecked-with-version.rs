use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(unchecked)] //~ ERROR `unchecked` does nothing
    name: String,
    version: i32,
}

fn main() {}
