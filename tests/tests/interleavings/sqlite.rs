//! SQLite. Nobody waits: a lock that is taken is an error at once, as it is where no `busy_timeout` is set.

pub mod cell {
    occ_tests::blocking_cell!(Sqlite, diesel::SqliteConnection, occ_tests::sqlite::Database);
    occ_tests::blocking_retry!();

    pub const SERVER: &str = "SQLite";
    pub const HAS_ROW_LOCKS: bool = false;

    pub async fn immediately<F>(conn: &mut Conn, work: F) -> Result<(), Error>
    where
        F: AsyncFnOnce(&mut Conn) -> Result<(), Error>,
    {
        conn.immediate_transaction(|conn| block_on(work(conn)))
    }

    #[allow(clippy::unused_async, reason = "the same for every cell")]
    pub async fn lock_row(_: &crate::shelf::Shelf, _: &mut Conn) -> Result<(), Error> {
        unreachable!("SQLite locks no rows")
    }

    /// Nobody waits, so nobody has to be found.
    #[allow(clippy::unused_async, reason = "the same for every cell")]
    pub async fn connection_id(_: &mut Conn) -> i64 {
        0
    }

    #[allow(clippy::unused_async, reason = "the same for every cell")]
    pub async fn is_of_the_page(_: &mut Conn) -> bool {
        true
    }

    pub fn set_gate(gate: crate::driver::Gate, conn: &mut Conn) {
        conn.set_instrumentation(gate);
    }
}

mod levels {
    use super::cell::Database;
    use crate::cases::{Level, Mode};

    pub const ANALYZE: &str = "ANALYZE";

    pub fn levels() -> Vec<Level> {
        let level = |name, mode, setup| Level { name, mode, setup };
        let (wal, rollback) =
            ("PRAGMA busy_timeout = 0", "PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE");
        vec![
            level("WAL, autocommit", Mode::Autocommit, wal),
            level("WAL, `BEGIN`", Mode::Transaction, wal),
            level("WAL, `BEGIN IMMEDIATE`", Mode::Immediate, wal),
            level("rollback journal, autocommit", Mode::Autocommit, rollback),
            level("rollback journal, `BEGIN`", Mode::Transaction, rollback),
            level("rollback journal, `BEGIN IMMEDIATE`", Mode::Immediate, rollback),
        ]
    }

    /// Nobody waits.
    pub struct Watcher;

    #[allow(clippy::unused_async, reason = "the same for every cell")]
    impl Watcher {
        pub async fn new(_: &Database) -> Self {
            Self
        }

        pub async fn waiting(&mut self, _: &[i64]) -> Vec<i64> {
            Vec::new()
        }
    }
}

#[path = "runs.rs"]
mod runs;
#[path = "writers.rs"]
mod writers;
