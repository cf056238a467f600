use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

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

fn save(product: &mut Tracked<Product>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn) //~ ERROR the fields of `Product` are not tracked
}

fn main() {}
