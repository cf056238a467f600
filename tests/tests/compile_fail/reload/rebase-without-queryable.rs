use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn rebase(product: &mut Tracked<Product>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.rebase(conn) //~ ERROR `Product` cannot be reloaded through `diesel::SqliteConnection`
}

fn main() {}
