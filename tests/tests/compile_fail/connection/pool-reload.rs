use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
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

fn reload(mut product: Product, pool: &mut Pool<ConnectionManager<SqliteConnection>>) -> Result<(), Error> {
    product.reload(pool) //~ ERROR `Product` cannot be reloaded through
}

fn main() {}
