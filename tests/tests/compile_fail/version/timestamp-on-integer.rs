use occ_runtime::prelude::*;

diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(version, generator = occ_runtime::Timestamp)] //~ ERROR does not make versions of type `i32`
    version: i32,
}

fn main() {}
