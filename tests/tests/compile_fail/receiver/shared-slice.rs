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

fn save(products: &[Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    products.save_all_optimistic(conn) //~ ERROR cannot borrow `*products` as mutable, as it is behind a `&` reference
}

fn main() {}
