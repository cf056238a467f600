use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product { //~ ERROR no field holds the key column `id`
    name: String,
    version: i32,
}

fn insert(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.insert_optimistic(conn)
}

fn create(conn: &mut SqliteConnection) -> Result<Product, Error> {
    Product::create_optimistic(products::name.eq("lamp"), conn)
}

fn main() {}
