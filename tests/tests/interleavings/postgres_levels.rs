//! The isolation levels of PostgreSQL, and who waits there.

use diesel::sql_types::{Array, BigInt};

use super::cell::{Conn, Database, all, connect};
use crate::cases::{Level, Mode};

pub const ANALYZE: &str = "ANALYZE shelves";

macro_rules! setup {
    ($level:literal) => {
        concat!("SET synchronous_commit = off; SET default_transaction_isolation = '", $level, "'")
    };
}

pub fn levels() -> Vec<Level> {
    let level = |name, mode, setup| Level { name, mode, setup };
    vec![
        level("READ COMMITTED, autocommit", Mode::Autocommit, setup!("read committed")),
        level("READ COMMITTED", Mode::Transaction, setup!("read committed")),
        level("REPEATABLE READ, autocommit", Mode::Autocommit, setup!("repeatable read")),
        level("REPEATABLE READ", Mode::Transaction, setup!("repeatable read")),
        level("SERIALIZABLE, autocommit", Mode::Autocommit, setup!("serializable")),
        level("SERIALIZABLE", Mode::Transaction, setup!("serializable")),
    ]
}

#[derive(diesel::QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Asks the server which connections wait for a lock.
pub struct Watcher(Conn);

impl Watcher {
    pub async fn new(database: &Database) -> Self {
        Self(connect(database).await)
    }

    pub async fn waiting(&mut self, ids: &[i64]) -> Vec<i64> {
        let query = diesel::sql_query(
            "SELECT id FROM unnest($1) AS ids (id) WHERE cardinality(pg_blocking_pids(CAST(id AS integer))) > 0",
        );
        let rows: Vec<Waiting> =
            all(query.bind::<Array<BigInt>, _>(ids.to_vec()), &mut self.0).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }
}
