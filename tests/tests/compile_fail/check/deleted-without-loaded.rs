use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(check = all)]
struct Product {
    id: i32,
    name: String,
}

fn delete(product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.delete_optimistic(conn) //~ ERROR `Product` cannot be saved through `diesel::SqliteConnection`
}

fn main() {}
