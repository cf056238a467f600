use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product<'a> {
    id: i32,
    name: &'a str,
    version: &'a i32, //~ ERROR a version cannot be a reference
}

fn main() {}
