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

fn rename(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.update_optimistic(products::name.eq("lamp"), conn) //~ ERROR `Product` cannot be updated through
}

fn main() {}
