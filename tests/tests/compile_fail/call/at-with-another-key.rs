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

fn rename(conn: &mut SqliteConnection) -> Result<i32, Error> {
    Product::at("1", 7).update(products::name.eq("lamp"), conn) //~ ERROR no row of `Product` can be written by a key of type `&str`
}

fn main() {}
