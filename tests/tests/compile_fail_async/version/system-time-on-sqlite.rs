use diesel::prelude::*;
use std::time::SystemTime;

use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: SystemTime,
    version: i32,
}

fn save(product: &mut Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)
}

fn main() {}
