use diesel::prelude::{Queryable, Selectable};
use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn tag(_: &Product) -> occ_runtime::http::EntityTag { //~ ERROR cannot find `http` in `occ_runtime`
    todo!()
}

fn main() {}
