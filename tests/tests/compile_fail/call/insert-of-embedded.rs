use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = products)]
struct Label {
    name: String,
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(embed)]
    label: Label,
    version: i32,
}

fn insert(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.insert_optimistic(conn) //~ ERROR `Product` cannot be inserted through `diesel::SqliteConnection`
}

fn main() {}
