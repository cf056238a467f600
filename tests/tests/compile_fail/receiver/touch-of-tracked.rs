use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn touch(mut product: Tracked<Product>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.rebase_with(conn, |_, _, _, _| true) //~ ERROR mismatched types
}

fn main() {}
