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
    #[occ(unversioned)] //~ ERROR the database makes a new version
    views: i32,
    #[occ(version, generator = occ_runtime::DatabaseGenerated)]
    version: i32,
}

fn main() {}
