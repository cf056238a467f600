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

fn save(mut products: Vec<&mut Product>, conn: &mut SqliteConnection) -> Result<(), Error> {
    products.save_all_optimistic(conn) //~ ERROR the method `save_all_optimistic` exists for struct `Vec<&mut
}

fn main() {}
