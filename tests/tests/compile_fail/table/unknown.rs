use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[diesel(table_name = prodcts)] //~ ERROR cannot find module or crate `prodcts`
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
