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

fn both(mut name: String, conn: &mut SqliteConnection) -> Result<(), Error> {
    optimistic_transaction(conn, &mut name, |_, _| Ok(())) //~ ERROR `&mut String` is no value whose version can be put back after a
}

fn main() {}
