use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

diesel::table! {
    labels (id) {
        id -> Integer,
        name -> Text,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn rename(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.update_optimistic(labels::name.eq("lamp"), conn) //~ ERROR type mismatch resolving
}

fn main() {}
