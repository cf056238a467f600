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

fn save(mut product: QueryResult<Product>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn) //~ ERROR `Result<Product, diesel::result::Error>` has no optimistic lock
}

fn main() {}
