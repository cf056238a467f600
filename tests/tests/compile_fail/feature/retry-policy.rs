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

fn rename(conn: &mut SqliteConnection) -> Result<Product, Error> {
    occ_runtime::RetryPolicy::default().modify(1, conn, |product: &mut Product| product.name.clear()) //~ ERROR cannot find `RetryPolicy` in `occ_runtime`
}

fn main() {}
