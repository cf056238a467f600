use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

diesel::table! {
    orders (id) {
        id -> Integer,
        customer -> Text,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn create(conn: &mut SqliteConnection) -> Result<Product, Error> {
    Product::create_optimistic(orders::customer.eq("Ada"), conn) //~ ERROR is no new row of `Product`
}

fn main() {}
