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

struct Database {
    conn: SqliteConnection,
}

fn save(mut product: Product, database: &mut Database) -> Result<(), Error> {
    product.save_optimistic(database) //~ ERROR `Product` cannot be saved through `Database`
}

fn main() {}
