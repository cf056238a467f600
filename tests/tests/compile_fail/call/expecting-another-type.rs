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

fn save(mut product: Product, sent: i64, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic_expecting(&sent, conn) //~ ERROR mismatched types
}

fn main() {}
