//! A standby that is behind its primary: what is read from it costs a conflict, never an update.
#![cfg(feature = "async")]

/// Who has stopped the standby.
static STANDBY: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// One mode, blocking or async.
macro_rules! mode {
    ($mode:ident, $cell:ident, $connection:ty) => {
        mod $mode {
            #[allow(dead_code, reason = "a cell defines more than this needs")]
            mod cell {
                occ_tests::$cell!(Postgres, $connection, occ_tests::postgres::Database);
            }

            mod product {
                include!("scenarios/product.rs");
            }

            use cell::{Conn, batch, block_on, connect, connect_to, first, reload, save};
            use occ_runtime::Error;
            use occ_tests::postgres::Database;

            include!("nodes/behind.rs");
        }
    };
}

mode!(waiting, async_cell, diesel_async::AsyncPgConnection);
#[cfg(feature = "postgres")]
mode!(blocking, blocking_cell, diesel::PgConnection);
