//! The strategies, written once and compiled for each connection type.

use std::future::Future;
use std::sync::LazyLock;

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{
    AsyncConnection, AsyncMysqlConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
};
use occ_runtime::async_prelude::*;
use occ_runtime::{Error, RetryPolicy, bump_version};

use crate::item::{Item, occ_contention};
use crate::strategy::Strategy;

/// Kept by all workers, as it learns. What it has learnt in one measurement, it unlearns in the next.
static ADAPTIVE: LazyLock<RetryPolicy> = LazyLock::new(|| RetryPolicy::new().escalate_after(1).adaptive());

/// A connection that a worker uses.
pub trait Store: Sized + Send + 'static {
    fn open(url: &str) -> impl Future<Output = ConnectionResult<Self>> + Send;

    fn execute(&mut self, sql: &str) -> impl Future<Output = QueryResult<()>> + Send;

    /// Adds one to the row `id`, and counts each attempt.
    fn increment(
        &mut self,
        strategy: Strategy,
        id: i32,
        attempts: &mut u64,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Quantities and versions of all rows, added up.
    fn sums(&mut self) -> impl Future<Output = QueryResult<(i64, i64)>> + Send;
}

/// `$transaction` begins what `pessimistic` does, and `$lock` locks the row there, if the database locks rows at all.
macro_rules! store {
    ($connection:ty, prepare: $prepare:expr, $transaction:ident $(, $lock:ident)?) => {
        impl Store for $connection {
            async fn open(url: &str) -> ConnectionResult<Self> {
                let mut conn = <$connection>::establish(url).await?;
                conn.batch_execute($prepare).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(conn)
            }

            async fn execute(&mut self, sql: &str) -> QueryResult<()> {
                self.batch_execute(sql).await
            }

            async fn increment(&mut self, strategy: Strategy, id: i32, attempts: &mut u64) -> Result<(), Error> {
                let mut add_one = |item: &mut Item| {
                    *attempts += 1;
                    item.quantity += 1;
                };
                match strategy {
                    Strategy::Plain => {
                        let find = occ_contention::table.find(id).select(Item::as_select());
                        let mut item = find.get_result(self).await?;
                        add_one(&mut item);
                        item.save_optimistic(self).await
                    }
                    Strategy::Retry => {
                        let policy = RetryPolicy::new().never_escalate();
                        policy.modify(id, self, add_one).await.map(drop)
                    }
                    Strategy::Modify => Item::modify_optimistic(id, self, add_one).await.map(drop),
                    Strategy::Escalate => {
                        let policy = RetryPolicy::new().escalate_after(1);
                        policy.modify(id, self, add_one).await.map(drop)
                    }
                    Strategy::Adaptive => ADAPTIVE.modify(id, self, add_one).await.map(drop),
                    Strategy::Lock => {
                        let policy = RetryPolicy::new().escalate_after(0);
                        policy.modify(id, self, add_one).await.map(drop)
                    }
                    Strategy::Pessimistic => {
                        self.$transaction(async |conn| {
                            let find = occ_contention::table.find(id).select(Item::as_select())$(.$lock())?;
                            let mut item = find.get_result(conn).await?;
                            add_one(&mut item);
                            item.save_optimistic(conn).await
                        })
                        .await
                    }
                    Strategy::Atomic => {
                        *attempts += 1;
                        let one_more = occ_contention::quantity.eq(occ_contention::quantity + 1);
                        let updated = diesel::update(occ_contention::table.find(id))
                            .set((one_more, bump_version::<Item>()))
                            .execute(self)
                            .await?;
                        if updated == 1 { Ok(()) } else { Err(DieselError::NotFound.into()) }
                    }
                }
            }

            async fn sums(&mut self) -> QueryResult<(i64, i64)> {
                let columns = (occ_contention::quantity, occ_contention::version);
                let rows: Vec<(i32, i32)> = occ_contention::table.select(columns).load(self).await?;
                Ok(rows.iter().fold((0, 0), |sums, row| (sums.0 + i64::from(row.0), sums.1 + i64::from(row.1))))
            }
        }
    };
}

store!(AsyncPgConnection, prepare: "SET client_min_messages = warning", transaction, for_update);
store!(AsyncMysqlConnection, prepare: "SET sql_notes = 0", transaction, for_update);
// Writers wait for each other instead of failing, and readers for nobody.
store!(
    SyncConnectionWrapper<SqliteConnection>,
    prepare: "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL",
    immediate_transaction
);
