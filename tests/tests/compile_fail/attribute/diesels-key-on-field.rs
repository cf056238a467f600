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
    #[occ(column_name = version)] //~ ERROR `column_name` is a key of `#[diesel(..)]`
    lock_version: i32,
}

fn main() {}
