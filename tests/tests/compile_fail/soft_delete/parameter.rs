use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        deleted -> Bool,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product<T> {
    id: i32,
    #[occ(soft_delete)]
    deleted: T, //~ ERROR a parameter of the struct cannot say that a row is deleted
    version: i32,
}

fn main() {}
