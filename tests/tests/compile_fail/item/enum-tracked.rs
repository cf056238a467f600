use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(tracked)]
enum Product { //~ ERROR an enum has no optimistic lock
    Lamp { id: i32, version: i32 },
}

fn save(mut product: Tracked<Product>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
