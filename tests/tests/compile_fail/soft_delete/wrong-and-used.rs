use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(soft_delete)]
    name: String, //~ ERROR `String` cannot say that a row is deleted
    version: i32,
}

fn use_it(product: &mut Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.delete_optimistic(conn)?;
    assert!(product.is_deleted());
    product.restore_optimistic(conn)
}

fn main() {}
