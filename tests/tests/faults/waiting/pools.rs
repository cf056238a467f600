//! A pool has no connection left.

use std::time::Duration;

use diesel_async::pooled_connection::{AsyncDieselConnectionManager, bb8, deadpool};
use occ_tests::database::TestDatabase as _;

use super::cell::Conn;
use super::pool_error::exhaust;

/// Long enough to connect, and short for what never comes.
const PATIENCE: Duration = Duration::from_secs(1);

faults! {
    async fn an_exhausted_pool_of_deadpool(database) {
        let manager = AsyncDieselConnectionManager::<Conn>::new(database.url());
        let pool = deadpool::Pool::builder(manager).max_size(1).build().unwrap();
        // Without a runtime deadpool knows no other time to wait than none.
        let mut at_once = pool.timeouts();
        at_once.wait = Some(Duration::ZERO);
        exhaust!(database, |pool| pool.timeout_get(&at_once).await.map_err(|error| PoolOrOcc::Pool(error.to_string())));
    }

    async fn an_exhausted_pool_of_bb8(database) {
        let manager = AsyncDieselConnectionManager::<Conn>::new(database.url());
        let pool = bb8::Pool::builder().max_size(1).connection_timeout(PATIENCE).build(manager).await.unwrap();
        exhaust!(database, |pool| pool.get().await.map_err(|error| PoolOrOcc::Pool(error.to_string())));
    }
}
