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

fn save(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.update_optimistic(conn, products::name.eq("lamp")) //~ ERROR the trait bound `&mut diesel::SqliteConnection: AsChangeset` is not //~ ERROR mismatched types
}

fn main() {}
