//! A pool's error, as a handler passes it on beside those of the database.

use occ_runtime::{
    Error,
    retry::{Failure, RetryError},
};

#[derive(Debug)]
pub enum PoolOrOcc {
    Occ(Error),
    Pool(String),
}

impl From<Error> for PoolOrOcc {
    fn from(error: Error) -> Self {
        Self::Occ(error)
    }
}

impl From<diesel::result::Error> for PoolOrOcc {
    fn from(error: diesel::result::Error) -> Self {
        Self::Occ(error.into())
    }
}

impl RetryError for PoolOrOcc {
    fn failure(&mut self) -> Option<Failure<'_>> {
        match self {
            Self::Occ(error) => error.failure(),
            Self::Pool(_) => None,
        }
    }
}

/// Runs a transaction and a loop that need a second connection of a pool that has one: `$get` takes it, or fails with
/// `PoolOrOcc::Pool`.
macro_rules! exhaust {
    ($database:ident, |$pool:ident| $get:expr) => {{
        use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

        use super::cell::{batch, connect, retry, save, transaction};
        use super::pool_error::PoolOrOcc;
        use super::product::load;

        let witness = &mut connect(&$database).await;
        let mut conn = $get.unwrap();
        batch(&$database.setup(), &mut *conn).await.unwrap();
        let mut one = load(1, &mut *conn).await;
        one.quantity += 1;
        let before = one.clone();
        let failed = transaction(&mut *conn, &mut one, async |conn, one| {
            save(one, conn).await?;
            let mut second = $get?;
            Ok(save(one, &mut *second).await?)
        })
        .await;
        assert!(matches!(failed, Err(PoolOrOcc::Pool(_))), "{failed:?}");
        assert_eq!(one, before, "the version is put back");
        assert_eq!(load(1, witness).await.version, 1);

        let calls = &AtomicU32::new(0);
        let shared = &$pool;
        let failed = retry(&occ_runtime::RetryPolicy::new(), &mut *conn, async move |conn| {
            let $pool = shared;
            calls.fetch_add(1, Relaxed);
            save(&mut load(1, conn).await, conn).await?;
            let _second = $get?;
            Ok::<_, PoolOrOcc>(())
        })
        .await;
        assert!(matches!(failed, Err(PoolOrOcc::Pool(_))), "{failed:?}");
        assert_eq!(calls.load(Relaxed), 1, "an error of the user's own ends the loop");
        assert_eq!(load(1, witness).await.version, 1);

        save(&mut one, &mut *conn).await.unwrap();
        drop(conn);
        let mut again = $get.unwrap();
        batch(&$database.setup(), &mut *again).await.unwrap();
        assert_eq!(load(1, &mut *again).await, one, "done once, and the pool has its connection back");
    }};
}
pub(crate) use exhaust;
