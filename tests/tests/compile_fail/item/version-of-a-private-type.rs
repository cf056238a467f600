use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

mod revision {
    type Revision = i32;
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: revision::Revision, //~ ERROR type alias `Revision` is private
}

fn main() {}
