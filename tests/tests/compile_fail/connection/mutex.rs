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

use std::sync::Mutex;

fn save(mut product: Product, conn: &mut Mutex<SqliteConnection>) -> Result<(), Error> {
    product.save_optimistic(conn) //~ ERROR `Product` cannot be saved through
}

fn main() {}
