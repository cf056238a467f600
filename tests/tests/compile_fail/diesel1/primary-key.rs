use occ_runtime::prelude::*;

diesel::table! {
    products (code, shop) {
        code -> Text,
        shop -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[primary_key(code, shop)] //~ ERROR `#[primary_key]` is an attribute of Diesel 1
struct Product {
    code: String,
    shop: i32,
    version: i32,
}

fn main() {}
