use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone)]
struct Name;

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(serialize_as = String)]
    name: Name, //~ ERROR `serialize_as` cannot make a `String` of `Name`
    version: i32,
}

fn use_it(mut product: Product, rows: &mut [Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    rows.save_all_optimistic(conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
