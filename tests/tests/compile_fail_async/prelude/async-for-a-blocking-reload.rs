use diesel::prelude::*;
use occ_runtime::{Error, async_prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

async fn reload(product: &mut Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.reload(conn).await
}

fn main() {}
