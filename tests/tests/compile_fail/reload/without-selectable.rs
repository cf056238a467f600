use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn reload(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.reload(conn) //~ ERROR `Product` cannot be reloaded through `diesel::SqliteConnection`
}

fn main() {}
