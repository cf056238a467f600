use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

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

fn save<T, C>(model: &mut T, conn: &mut C) -> Result<(), Error> {
    model.save_optimistic(conn) //~ ERROR `&mut T` has no optimistic lock
}

fn main() {}
