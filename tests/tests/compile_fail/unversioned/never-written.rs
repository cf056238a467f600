use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(unversioned)] //~ ERROR `skip_update` says that it is never written
    #[diesel(skip_update)]
    views: i32,
    version: i32,
}

fn main() {}
