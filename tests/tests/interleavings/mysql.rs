//! MariaDB, blocking.

pub mod cell {
    occ_tests::blocking_cell!(Mysql, diesel::MysqlConnection, occ_tests::mysql::Database);
    occ_tests::blocking_lock!();
    occ_tests::blocking_retry!();

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
