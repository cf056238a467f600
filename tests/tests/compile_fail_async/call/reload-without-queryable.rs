use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use occ_runtime::{Error, async_prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

async fn reload(product: &mut Product, conn: &mut AsyncPgConnection) -> Result<(), Error> {
    product.reload(conn).await
}

fn main() {}
