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

fn upsert(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.upsert_optimistic(Expect::At("1"), conn)?; //~ ERROR mismatched types
    Ok(())
}

fn main() {}
