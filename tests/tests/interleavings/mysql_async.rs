//! MariaDB, async.

pub mod cell {
    occ_tests::async_cell!(Mysql, diesel_async::AsyncMysqlConnection, occ_tests::mysql::Database);
    occ_tests::async_lock!();
    occ_tests::async_retry!();

    pub fn set_gate(gate: crate::driver::Gate, conn: &mut Conn) {
        conn.set_instrumentation(gate);
    }

    pub use super::servers::*;
    pub const SERVER: &str = "MariaDB";
}

#[path = "mysql_levels.rs"]
mod levels;
#[path = "runs.rs"]
mod runs;
#[path = "servers.rs"]
mod servers;
#[path = "writers.rs"]
mod writers;
