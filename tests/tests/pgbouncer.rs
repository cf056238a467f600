//! PgBouncer in transaction mode, whose server connections change hands between transactions: what becomes of statements that a client
//! keeps prepared.
#![cfg(feature = "async")]

use occ_tests::database::TestDatabase;

/// What a pooler of `OCC_TEST_PGBOUNCER_URLS` leads to. Nothing is set on a connection, which is another one each time.
#[derive(Debug)]
struct Pooler {
    url: String,
}

impl TestDatabase for Pooler {
    fn create() -> Option<Self> {
        None
    }

    fn url(&self) -> String {
        self.url.clone()
    }

    fn setup(&self) -> String {
        "SELECT 1".to_owned()
    }
}

impl Pooler {
    /// The one without `max_prepared_statements`, or the one with it.
    fn new(knows_statements: bool) -> Option<Self> {
        let urls = std::env::var("OCC_TEST_PGBOUNCER_URLS").unwrap_or_default();
        let url = urls.split(',').nth(usize::from(knows_statements)).filter(|url| !url.is_empty());
        if url.is_none() {
            occ_tests::report::skipped(
                std::thread::current().name().unwrap_or("a pooler").to_owned(),
                "set OCC_TEST_PGBOUNCER_URLS to those that tests/servers start pgbouncer DIR prints, comma separated; it prints \
                 no second one where there is no PgBouncer from 1.21 on",
            );
        }
        url.map(|url| Self { url: url.to_owned() })
    }
}

/// Blocking and async code write into the same tables.
static TABLES: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// One mode, blocking or async.
macro_rules! mode {
    ($mode:ident, $cell:ident, $connection:ty) => {
        mod $mode {
            const MODE: &str = stringify!($mode);

            #[allow(dead_code, reason = "a cell defines more than this needs")]
            mod cell {
                occ_tests::$cell!(Postgres, $connection, super::super::Pooler);
            }

            use occ_runtime::{Error, OptimisticLock};

            use super::Pooler;
            use cell::{Conn, batch, block_on, connect, first, save, transaction};

            include!("nodes/pooled.rs");

            #[test]
            fn with_max_prepared_statements_every_save_is_stored_where_it_belongs() {
                let Some(pooler) = Pooler::new(true) else { return };
                every_save_is_stored(&pooler, |_| {});
            }
        }
    };
}

mode!(waiting, async_cell, diesel_async::AsyncPgConnection);
#[cfg(feature = "postgres")]
mode!(blocking, blocking_cell, diesel::PgConnection);

/// tokio-postgres names every statement, so there is no such way for async.
#[cfg(feature = "postgres")]
#[test]
fn without_it_a_blocking_connection_that_keeps_no_statements_is_right() {
    use diesel::connection::CacheSize;
    use diesel::connection::Connection as _;

    let Some(pooler) = Pooler::new(false) else { return };
    blocking::every_save_is_stored(&pooler, |conn| {
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    });
}
