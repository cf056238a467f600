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
    #[occ()] //~ ERROR this `occ` attribute says nothing
    version: i32,
}

fn main() {}
