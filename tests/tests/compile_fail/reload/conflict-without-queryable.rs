use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn conflict(product: Product, conn: &mut SqliteConnection) -> Result<bool, Error> {
    Ok(product.into_conflict(conn)?.is_deleted()) //~ ERROR `Product` cannot be reloaded through `diesel::SqliteConnection`
}

fn main() {}
