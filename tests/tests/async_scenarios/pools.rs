//! Pooled connections.

use diesel_async::pooled_connection::{AsyncDieselConnectionManager, bb8, deadpool};
use occ_runtime::{AsyncOptimisticDsl, Error, async_optimistic_transaction};
use occ_tests::database::TestDatabase as _;

use super::cell::{Conn, batch, connect, save};
use super::product::load;

super::scenarios! {
    async fn connections_of_both_pools_are_connections(database) {
        let mut product = load(1, &mut connect(database).await).await;

        let pool = deadpool::Pool::builder(AsyncDieselConnectionManager::<Conn>::new(database.url())).build().unwrap();
        let mut conn = pool.get().await.unwrap();
        batch(&database.setup(), &mut conn).await.unwrap();
        product.save_optimistic(&mut conn).await.unwrap();
        product.save_optimistic(&mut *conn).await.unwrap();

        let pool = bb8::Pool::builder().build(AsyncDieselConnectionManager::<Conn>::new(database.url())).await.unwrap();
        let mut conn = pool.get().await.unwrap();
        batch(&database.setup(), &mut conn).await.unwrap();
        product.save_optimistic(&mut conn).await.unwrap();
        assert_eq!(product.version, 4);
    }

    async fn a_pool_does_not_hand_out_a_connection_with_a_dropped_transaction_on_it(database) {
        let manager = AsyncDieselConnectionManager::<Conn>::new(database.url());
        let pool = deadpool::Pool::builder(manager).max_size(1).build().unwrap();
        let mut product = load(1, &mut connect(database).await).await;
        {
            let mut conn = pool.get().await.unwrap();
            batch(&database.setup(), &mut conn).await.unwrap();
            let dropped = async_optimistic_transaction(&mut *conn, &mut product, async |conn, product| {
                save(product, conn).await?;
                std::future::pending::<Result<(), Error>>().await
            });
            let limit = std::time::Duration::from_millis(200);
            assert!(tokio::time::timeout(limit, dropped).await.is_err(), "it waits for ever");
        }
        assert_eq!(product.version, 1, "the version is back");
        let mut conn = pool.get().await.unwrap();
        batch(&database.setup(), &mut conn).await.unwrap();
        let (done, nested): (Result<(), Error>, i32) = {
            let done = async_optimistic_transaction(&mut *conn, &mut product, async |conn, product| {
                save(product, conn).await
            })
            .await;
            (done, product.version)
        };
        done.unwrap();
        assert_eq!(nested, 2);
        assert_eq!(load(1, &mut connect(database).await).await.version, 2, "it was a transaction, not a savepoint");
    }
}
