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
    #[diesel(column_name = nam)] //~ ERROR cannot find type `nam` in module `products`
    title: String,
    version: i32,
}

fn main() {}
