use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
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

fn both(mut product: Product, pool: &mut Pool<ConnectionManager<SqliteConnection>>) -> Result<(), Error> {
    optimistic_transaction(pool, &mut product, |conn, product| product.save_optimistic(conn)) //~ ERROR the trait bound `Pool<ConnectionManager<diesel::SqliteConnection>>: //~ ERROR `Product` cannot be saved through
}

fn main() {}
