use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        lock_version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ(generator = Increment)] //~ ERROR `generator` belongs on a field
struct Product {
    id: i32,
    name: String,
    lock_version: i32,
}

fn main() {}
