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

fn both(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    optimistic_transaction(conn, &mut product, |conn| product.save_optimistic(conn)) //~ ERROR closure is expected to take 2 arguments, but it takes 1 argument
}

fn main() {}
