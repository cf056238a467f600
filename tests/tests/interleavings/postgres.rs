//! PostgreSQL, blocking.

pub mod cell {
    occ_tests::blocking_cell!(Postgres, diesel::PgConnection, occ_tests::postgres::Database);
    occ_tests::blocking_lock!();
    occ_tests::blocking_retry!();

    pub fn set_gate(gate: crate::driver::Gate, conn: &mut Conn) {
        conn.set_instrumentation(gate);
    }

    pub use super::servers::*;
    pub const SERVER: &str = "PostgreSQL";
}

#[path = "postgres_levels.rs"]
mod levels;
#[path = "runs.rs"]
mod runs;
#[path = "servers.rs"]
mod servers;
#[path = "writers.rs"]
mod writers;
