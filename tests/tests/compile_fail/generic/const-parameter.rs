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
struct Product<const N: usize> {
    id: i32,
    name: [u8; N],
    version: i32,
}

fn save(mut product: Product<16>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn) //~ ERROR `Product<16>` cannot be saved through `diesel::SqliteConnection`
}

fn main() {}
