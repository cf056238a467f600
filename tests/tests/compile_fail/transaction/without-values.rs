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
    optimistic_transaction(conn, |conn| product.save_optimistic(conn)) //~ ERROR this function takes 3 arguments but 2 arguments were supplied //~ ERROR is no value whose version can be put back after a rollback //~ ERROR expected a `FnOnce(&mut diesel::SqliteConnection, <
}

fn main() {}
