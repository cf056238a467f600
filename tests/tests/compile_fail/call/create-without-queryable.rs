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
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn create(conn: &mut SqliteConnection) -> Result<Product, Error> {
    Product::create_optimistic(products::name.eq("lamp"), conn) //~ ERROR no row of `Product` can be created through `diesel::SqliteConnection`
}

fn main() {}
