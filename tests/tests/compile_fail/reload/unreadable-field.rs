use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        count -> Integer,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(skip_update)]
    count: String,
    version: i32,
}

fn reload(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.reload(conn) //~ ERROR `Product` cannot be reloaded through `diesel::SqliteConnection`
}

fn main() {}
