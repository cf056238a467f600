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

fn lock(product: &Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.lock_optimistic(LockMode::for_update(), conn) //~ ERROR `Product` cannot be locked through `diesel::SqliteConnection`
}

fn main() {}
