use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Product { //~ ERROR the trait bound `Product: Clone` is not satisfied
    id: i32,
    name: String,
    version: i32,
}

fn save(product: &mut Tracked<Product>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
