use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::Object;
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

async fn save(product: &mut Product, conn: Object<AsyncPgConnection>) -> Result<(), Error> {
    product.save_optimistic(conn).await
}

fn main() {}
