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

fn save(products: &mut [Tracked<Product>], conn: &mut SqliteConnection) -> Result<Vec<Result<(), Error>>, Error> {
    products.save_each_optimistic(conn) //~ ERROR the method `save_each_optimistic` exists for mutable reference `&mut
}

fn main() {}
