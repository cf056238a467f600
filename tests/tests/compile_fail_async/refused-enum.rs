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

type Connection = SyncConnectionWrapper<SqliteConnection>;

#[derive(OptimisticLock)]
enum Product { //~ ERROR an enum has no optimistic lock
    Lamp,
    Desk,
}

async fn use_it(mut product: Product, rows: &mut [Product], conn: &mut Connection) -> Result<(), Error> {
    product.save_optimistic(conn).await?;
    rows.save_all_optimistic(conn).await?;
    product.touch_optimistic(conn).await?;
    product.reload(conn).await?;
    product.delete_optimistic(conn).await
}

async fn in_a_generic_function<C>(product: &mut Product, conn: &mut C) -> Result<(), Error>
where
    C: diesel_async::AsyncConnection,
    Product: occ_runtime::AsyncSavesOn<C> + occ_runtime::AsyncReloadsOn<C>,
{
    product.save_optimistic(conn).await?;
    product.reload(conn).await
}

async fn in_a_transaction(product: &mut Product, conn: &mut Connection) -> Result<(), Error> {
    optimistic_transaction(conn, product, async |conn, product| product.save_optimistic(conn).await).await
}

fn main() {}
