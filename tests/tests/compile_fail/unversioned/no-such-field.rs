use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn write(product: &Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_unversioned(conn) //~ ERROR `Product` has no unversioned field
}

fn main() {}
