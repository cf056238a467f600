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
    #[diesel(skip_update)] //~ ERROR `skip_update` cannot be used on the version
    version: i32,
}

fn main() {}
