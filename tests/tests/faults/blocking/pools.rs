//! A pool has no connection left.

use std::time::Duration;

use diesel::r2d2::{ConnectionManager, Pool};
use occ_tests::database::TestDatabase as _;

use super::cell::Conn;
use super::pool_error::exhaust;

faults! {
    async fn an_exhausted_pool_of_r2d2(database) {
        let manager = ConnectionManager::<Conn>::new(database.url());
        let pool = Pool::builder().max_size(1).connection_timeout(Duration::from_secs(10)).build(manager).unwrap();
        exhaust!(database, |pool| {
            // It waits for the first, and not for what never comes.
            let patience = if pool.state().idle_connections > 0 { Duration::from_secs(10) } else { Duration::from_millis(5) };
            pool.get_timeout(patience).map_err(|error| PoolOrOcc::Pool(error.to_string()))
        });
    }
}
