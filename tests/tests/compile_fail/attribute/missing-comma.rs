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
    #[occ(version generator = Increment)] //~ ERROR `version` needs a comma after it
    lock_version: i32,
}

fn main() {}
