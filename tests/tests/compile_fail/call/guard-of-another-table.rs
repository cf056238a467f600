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
    labels (id) {
        id -> Integer,
        name -> Text,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn save(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic_if(labels::name.eq("lamp"), conn) //~ ERROR this is no condition on a row of `products::table`
}

fn main() {}
