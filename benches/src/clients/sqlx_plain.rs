//! `SQLx`, with the version filter written into the SQL.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Executor as _};

use super::{DELETE, DELETE_PG, UPDATE, UPDATE_PG};
use crate::contender::Async;
use crate::product::{Plain, Product as _, load};

/// Generic code would need bounds on every bound type, so each database has its own impl.
macro_rules! client {
    ($client:ident, $conn:ty, $options:expr, $update:expr, $delete:expr) => {
        pub struct $client {
            conn: $conn,
            products: Vec<Plain>,
        }

        impl $client {
            pub async fn open(url: &str) -> Self {
                let options = $options(url);
                Self { conn: <$conn>::connect_with(&options).await.unwrap(), products: Vec::new() }
            }
        }

        impl Async for $client {
            async fn execute(&mut self, sql: &str) {
                self.conn.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await.unwrap();
            }

            async fn number(&mut self, sql: &str) -> i64 {
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut self.conn).await.unwrap()
            }

            fn load(&mut self, rows: usize, version: i32) {
                self.products = load(rows, version);
            }

            async fn save(&mut self, row: usize) -> bool {
                let p = &mut self.products[row];
                p.change();
                let query = sqlx::query($update).bind(&p.name).bind(&p.note).bind(p.quantity).bind(p.price);
                let query = query.bind(p.version + 1).bind(p.id).bind(p.version);
                let saved = query.execute(&mut self.conn).await.unwrap().rows_affected() > 0;
                p.version += i32::from(saved);
                saved
            }

            async fn delete(&mut self, row: usize) -> bool {
                let p = &self.products[row];
                let query = sqlx::query($delete).bind(p.id).bind(p.version);
                query.execute(&mut self.conn).await.unwrap().rows_affected() > 0
            }

            async fn save_all(&mut self, rows: usize) -> bool {
                // The guard of `begin()` would borrow the connection that `save` uses.
                self.execute("BEGIN").await;
                for row in 0..rows {
                    if !self.save(row).await {
                        self.execute("ROLLBACK").await;
                        return false;
                    }
                }
                self.execute("COMMIT").await;
                true
            }
        }
    };
}

client!(Sqlite, sqlx::SqliteConnection, |_| sqlite_in_memory(), UPDATE, DELETE);
client!(Postgres, sqlx::PgConnection, |url: &str| url.parse().unwrap(), UPDATE_PG, DELETE_PG);
client!(Mysql, sqlx::MySqlConnection, |url: &str| url.parse().unwrap(), UPDATE, DELETE);

/// `sqlite::memory:` would share its cache, and pay for that with locks. The others do not.
pub fn sqlite_in_memory() -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(":memory:")
}
