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
    version: T, //~ ERROR nothing is known of `T` that a version needs
}

fn save(mut product: Product<String>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)
}

fn main() {}
