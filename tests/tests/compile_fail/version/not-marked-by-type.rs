use std::time::SystemTime;

use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        written_at -> Timestamp,
    }
}

#[derive(OptimisticLock)]
struct Product { //~ ERROR `Product` has no version field
    id: i32,
    name: String,
    written_at: SystemTime,
}

fn main() {}
