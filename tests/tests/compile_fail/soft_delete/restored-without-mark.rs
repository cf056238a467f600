use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        deleted -> Bool,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    deleted: bool,
    version: i32,
}

fn restore(conn: &mut SqliteConnection) -> Result<i32, Error> {
    Product::at(1, 1).restore(conn) //~ ERROR `Product` has no mark for rows that are deleted
}

fn main() {}
