use std::time::SystemTime;

use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        updated_at -> Timestamp,
    }
}

#[derive(OptimisticLock)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
struct Product {
    id: i32,
    name: String,
    #[occ(version)]
    updated_at: SystemTime, //~ ERROR a `SystemTime` cannot be bound to the column `columns::updated_at` on
}

fn main() {}
