use diesel::prelude::*;
use occ_runtime::{Error, SavesOn, Tracked, prelude::*};

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

fn save_any<M: SavesOn<SqliteConnection>>(model: &mut M, conn: &mut SqliteConnection) -> Result<(), Error> {
    model.save_optimistic(conn)
}

fn save(mut product: Tracked<Product>, conn: &mut SqliteConnection) -> Result<(), Error> {
    save_any(&mut product, conn) //~ ERROR `Tracked<Product>` cannot be saved through `diesel::SqliteConnection`
}

fn main() {}
