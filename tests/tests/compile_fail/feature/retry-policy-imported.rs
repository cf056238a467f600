use diesel::prelude::*;
use occ_runtime::{Error, RetryPolicy, prelude::*}; //~ ERROR unresolved import `occ_runtime::RetryPolicy`

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
    RetryPolicy::default().modify(1, conn, |product: &mut Product| product.name.clear())
}

fn main() {}
