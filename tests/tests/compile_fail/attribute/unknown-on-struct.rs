use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ(table = products)] //~ ERROR unknown key `table`
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
