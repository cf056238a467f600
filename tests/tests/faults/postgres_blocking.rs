//! PostgreSQL, blocking.

#[allow(dead_code, reason = "a cell defines more than this needs")]
mod cell {
    occ_tests::blocking_cell!(Postgres, diesel::PgConnection, occ_tests::postgres::Database);
    occ_tests::blocking_retry!();
}

#[path = "../scenarios/product.rs"]
mod product;

#[path = "any/mod.rs"]
mod any;

#[path = "servers/mod.rs"]
mod servers;

#[path = "blocking/mod.rs"]
mod blocking;
