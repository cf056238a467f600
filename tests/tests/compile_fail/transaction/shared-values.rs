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

fn both(product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    optimistic_transaction(conn, &product, |conn, product| product.save_optimistic(conn)) //~ ERROR `&Product` is no value whose version can be put back after a rollback //~ ERROR expected a `FnOnce(&mut diesel::SqliteConnection, <&Product as
}

fn main() {}
