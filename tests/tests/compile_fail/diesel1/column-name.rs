use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        label -> Text,
        version -> Integer,
    }
}

#[derive(AsChangeset, OptimisticLock)]
struct Product {
    id: i32,
    #[column_name = "label"] //~ ERROR `#[column_name]` is an attribute of Diesel 1
    name: String,
    version: i32,
}

fn use_it(product: &mut Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)
}

fn main() {}
