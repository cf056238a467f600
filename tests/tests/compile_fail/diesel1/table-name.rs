use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    items (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(AsChangeset, OptimisticLock)]
#[table_name = "items"] //~ ERROR `#[table_name]` is an attribute of Diesel 1
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn use_it(mut product: Product, rows: &mut [Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    rows.save_all_optimistic(conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
