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

#[derive(Clone, OptimisticLock)]
#[occ(check = all)]
struct Product {
    id: i32,
    name: String,
}

async fn use_it(product: &mut Product, conn: &mut SyncConnectionWrapper<SqliteConnection>) -> Result<(), Error> {
    product.save_optimistic(conn).await //~ ERROR `Product` cannot be saved through
}

fn main() {}
