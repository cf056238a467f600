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
    Product::modify_optimistic(1, conn, |product| product.name = "lamp".to_owned()) //~ ERROR this method needs the feature `retry` of occ-runtime
}

fn main() {}
