use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ(table_name = products)] //~ ERROR `table_name` is a key of `#[diesel(..)]`
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
