use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)] //~ ERROR
struct Product {
    name: String,
    version: i32,
}

fn insert(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.insert_optimistic(conn)
}

fn main() {}
