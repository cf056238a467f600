use diesel::prelude::*;
use diesel_async::AsyncConnection;
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

async fn save<C: AsyncConnection>(product: &mut Product, conn: &mut C) -> Result<(), Error> {
    product.save_optimistic(conn).await
}

fn main() {}
