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
struct Product<'n> {
    id: i32,
    name: &'n str,
    version: i32,
}

fn write(product: &mut Product<'_>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.with_children(conn, |_| Ok(())) //~ ERROR borrowed data escapes outside of function
}

fn main() {}
