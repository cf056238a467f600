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

fn save(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_all_optimistic(conn) //~ ERROR no method named `save_all_optimistic` found for struct `Product` in
}

fn main() {}
