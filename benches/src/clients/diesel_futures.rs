//! occ, Diesel by hand and `diesel_versioning`, on the connections of diesel-async.

// Not the prelude, whose `RunQueryDsl` is for blocking connections.
use diesel::{ExpressionMethods as _, QueryDsl as _, SqliteConnection};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{
    AsyncConnection, AsyncMysqlConnection, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _,
    TransactionManager as _,
};
use diesel_versioning::VersionedAsync as _;
use occ_runtime::async_prelude::*;

use super::{Number, fresh, refused};
use crate::contender::Async;
use crate::product::{ByHand, DieselVersioningAsync, Occ, Product, load, products};

pub struct DieselAsync<C, P> {
    conn: C,
    products: Vec<P>,
}

impl<C: AsyncConnection, P> DieselAsync<C, P> {
    pub async fn open(url: &str) -> Self {
        Self { conn: C::establish(url).await.unwrap(), products: Vec::new() }
    }
}

/// How one product is written: false if it was stale.
trait Way<C: AsyncConnection>: Product {
    async fn save(&mut self, conn: &mut C) -> bool;
    async fn delete(&mut self, conn: &mut C) -> bool;

    async fn save_all(products: &mut [Self], conn: &mut C) -> bool
    where
        Self: Sized,
    {
        // What `conn.transaction` does, without its demand for a future that is Send.
        C::TransactionManager::begin_transaction(conn).await.unwrap();
        for product in products {
            if !product.save(conn).await {
                C::TransactionManager::rollback_transaction(conn).await.unwrap();
                return false;
            }
        }
        C::TransactionManager::commit_transaction(conn).await.unwrap();
        true
    }
}

/// Generic code would need bounds that nobody writes by hand, so each connection has its own impl.
macro_rules! ways {
    ($conn:ty) => {
        impl Way<$conn> for Occ {
            async fn save(&mut self, conn: &mut $conn) -> bool {
                fresh(self.save_optimistic(conn).await, occ_runtime::Error::is_stale)
            }

            async fn delete(&mut self, conn: &mut $conn) -> bool {
                fresh(self.delete_optimistic(conn).await, occ_runtime::Error::is_stale)
            }

            async fn save_all(products: &mut [Self], conn: &mut $conn) -> bool {
                fresh(products.save_all_optimistic(conn).await, occ_runtime::Error::is_stale)
            }
        }

        impl Way<$conn> for ByHand {
            async fn save(&mut self, conn: &mut $conn) -> bool {
                let rows = diesel::update(products::table.find(self.id))
                    .filter(products::version.eq(self.version))
                    .set((&*self, products::version.eq(self.version + 1)))
                    .execute(conn)
                    .await
                    .unwrap();
                if rows == 0 {
                    return false;
                }
                self.version += 1;
                true
            }

            async fn delete(&mut self, conn: &mut $conn) -> bool {
                let row = products::table.find(self.id).filter(products::version.eq(self.version));
                diesel::delete(row).execute(conn).await.unwrap() > 0
            }
        }

        impl Way<$conn> for DieselVersioningAsync {
            async fn save(&mut self, conn: &mut $conn) -> bool {
                let before = self.version;
                let saved = fresh(self.update_versioned(conn).await, refused);
                // It counts up whether or not it has saved; the next try has to be stale again.
                if !saved {
                    self.version = before;
                }
                saved
            }

            async fn delete(&mut self, conn: &mut $conn) -> bool {
                fresh(self.delete_versioned(conn).await, refused)
            }
        }

        impl<P: Way<$conn>> Async for DieselAsync<$conn, P> {
            async fn execute(&mut self, sql: &str) {
                self.conn.batch_execute(sql).await.unwrap();
            }

            async fn number(&mut self, sql: &str) -> i64 {
                let sql = format!("SELECT ({sql}) AS number");
                diesel::sql_query(sql).get_result::<Number>(&mut self.conn).await.unwrap().number
            }

            fn load(&mut self, rows: usize, version: i32) {
                self.products = load(rows, version);
            }

            async fn save(&mut self, row: usize) -> bool {
                let product = &mut self.products[row];
                product.change();
                product.save(&mut self.conn).await
            }

            async fn delete(&mut self, row: usize) -> bool {
                self.products[row].delete(&mut self.conn).await
            }

            async fn save_all(&mut self, rows: usize) -> bool {
                let products = &mut self.products[..rows];
                products.iter_mut().for_each(Product::change);
                P::save_all(products, &mut self.conn).await
            }
        }
    };
}

ways!(SyncConnectionWrapper<SqliteConnection>);
ways!(AsyncPgConnection);
ways!(AsyncMysqlConnection);
