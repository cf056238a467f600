use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

mod deps {
    mod inner {
        pub use occ_runtime as occ;
    }
}

#[derive(OptimisticLock)]
#[occ(crate = deps::inner::occ)] //~ ERROR module `inner` is private
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
