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

fn save(products: &mut [Product], mut conn: &mut SqliteConnection) -> Result<(), Error> {
    products.save_all_optimistic(&mut conn) //~ ERROR `Product` cannot be saved through `&mut diesel::SqliteConnection`
}

fn main() {}
