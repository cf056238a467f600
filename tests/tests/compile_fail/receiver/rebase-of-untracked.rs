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

fn rebase(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.rebase(conn) //~ ERROR no method named `rebase` found for struct `Product` in the current
}

fn main() {}
