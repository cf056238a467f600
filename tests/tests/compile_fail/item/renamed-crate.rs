use diesel::prelude::*;
extern crate occ_runtime as locks;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, locks::OptimisticLock)]
#[occ(crate = occ)] //~ ERROR unresolved import `occ`
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
