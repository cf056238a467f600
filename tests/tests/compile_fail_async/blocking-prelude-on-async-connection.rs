use diesel::prelude::*;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use occ_runtime::Error;
use occ_runtime::prelude::*;

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

async fn use_it(product: &mut Product, conn: &mut SyncConnectionWrapper<SqliteConnection>) -> Result<(), Error> {
    product.save_optimistic(conn).await //~ ERROR `Product` cannot be saved through //~ ERROR is not a future
}

fn main() {}
