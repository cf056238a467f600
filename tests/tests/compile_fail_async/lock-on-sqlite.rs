use diesel::prelude::*;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use occ_runtime::Error;
use occ_runtime::async_prelude::*;

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

async fn use_it(product: &Product, conn: &mut SyncConnectionWrapper<SqliteConnection>) -> Result<(), Error> {
    product.lock_optimistic(LockMode::for_update(), conn).await //~ ERROR `Product` cannot be locked through
}

fn main() {}
