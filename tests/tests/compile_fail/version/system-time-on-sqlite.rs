use std::time::SystemTime;

use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        updated_at -> Timestamp,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(version)]
    updated_at: SystemTime,
}

fn save(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn) //~ ERROR `Product` cannot be saved through `diesel::SqliteConnection`
}

fn main() {}
