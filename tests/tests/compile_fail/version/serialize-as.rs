use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> BigInt,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[diesel(serialize_as = i64)] //~ ERROR `serialize_as` cannot be used on the version
    version: i32,
}

fn main() {}
