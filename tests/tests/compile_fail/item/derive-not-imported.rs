use diesel::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, OptimisticLock)] //~ ERROR cannot find derive macro `OptimisticLock` in this scope
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
