use occ_runtime::{Tracked, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(tracked)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn shown(product: &Tracked<Product>) -> &dyn std::fmt::Display {
    product //~ ERROR `Tracked<Product>` doesn't implement `std::fmt::Display`
}

fn main() {}
