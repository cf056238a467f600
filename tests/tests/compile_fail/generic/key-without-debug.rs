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
struct Product<K> {
    id: K,
    name: String,
    version: K, //~ ERROR nothing is known of `K` that a version needs
}

fn save(mut product: Product<i32>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)
}

fn main() {}
