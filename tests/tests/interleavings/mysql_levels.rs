//! The isolation levels of MariaDB, and who waits there.

use std::sync::mpsc::{Receiver, Sender, channel};

use mysql_async::prelude::Queryable as _;
use occ_tests::database::TestDatabase as _;

use super::cell::Database;
use crate::cases::{Level, Mode};

pub const ANALYZE: &str = "ANALYZE TABLE shelves";

macro_rules! setup {
    ($level:literal) => {
        setup!($level, "OFF")
    };
    ($level:literal, $snapshots:literal) => {
        concat!(
            "SET SESSION TRANSACTION ISOLATION LEVEL ",
            $level,
            // For MySQL the comment is one.
            "; SET SESSION innodb_lock_wait_timeout = 10 /*M!100618 , innodb_snapshot_isolation = ",
            $snapshots,
            " */"
        )
    };
}

pub fn levels() -> Vec<Level> {
    let level = |name, mode, setup| Level { name, mode, setup };
    vec![
        level("READ COMMITTED, autocommit", Mode::Autocommit, setup!("READ COMMITTED")),
        level("READ COMMITTED", Mode::Transaction, setup!("READ COMMITTED")),
        level("REPEATABLE READ, autocommit", Mode::Autocommit, setup!("REPEATABLE READ")),
        level("REPEATABLE READ", Mode::Transaction, setup!("REPEATABLE READ")),
        level(
            "REPEATABLE READ with `innodb_snapshot_isolation`",
            Mode::Transaction,
            setup!("REPEATABLE READ", "ON"),
        ),
        level("SERIALIZABLE, autocommit", Mode::Autocommit, setup!("SERIALIZABLE")),
        level("SERIALIZABLE", Mode::Transaction, setup!("SERIALIZABLE")),
    ]
}

/// Asks the server which connections wait for a lock. The engine's status says what is now, where
/// `information_schema.innodb_trx` may be a tenth of a second old. Only the plain protocol brings it, which Diesel does not speak:
/// so it is a connection of the driver, in a thread of its own, since this is for blocking and async code.
pub struct Watcher {
    ask: Sender<()>,
    status: Receiver<String>,
}

impl Watcher {
    #[allow(clippy::unused_async, reason = "the same for every cell")]
    pub async fn new(database: &Database) -> Self {
        let url = format!("{}?prefer_socket=false", database.url());
        let (ask, asked) = channel();
        let (say, status) = channel();
        std::thread::spawn(move || {
            occ_tests::cell::wait(async {
                let mut conn = mysql_async::Conn::from_url(url).await.unwrap();
                while asked.recv().is_ok() {
                    let row: Option<(String, String, String)> =
                        conn.query_first("SHOW ENGINE INNODB STATUS").await.unwrap();
                    // The run may be over by now.
                    let _ = say.send(row.unwrap().2);
                }
            });
        });
        Self { ask, status }
    }

    #[allow(clippy::unused_async, reason = "the same for every cell")]
    pub async fn waiting(&mut self, ids: &[i64]) -> Vec<i64> {
        self.ask.send(()).unwrap();
        let status = self.status.recv().unwrap();
        // What comes before the first is about the last deadlock, which is over.
        let transactions: Vec<&str> = status.split("\n---TRANSACTION ").skip(1).collect();
        let waits = |id: &i64| {
            let thread = format!("thread id {id},");
            transactions.iter().any(|text| text.contains(&thread) && text.contains("\nLOCK WAIT "))
        };
        ids.iter().copied().filter(waits).collect()
    }
}
