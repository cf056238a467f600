use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        lock_version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ = "version"] //~ ERROR this `occ` attribute says nothing
    lock_version: i32,
}

fn main() {}
