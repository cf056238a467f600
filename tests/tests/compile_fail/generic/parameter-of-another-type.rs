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
struct Product<T> {
    id: i32,
    name: T,
    version: i32,
}

fn save(mut product: Product<Vec<u8>>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn) //~ ERROR `Product<Vec<u8>>` cannot be saved through `diesel::SqliteConnection`
}

fn main() {}
