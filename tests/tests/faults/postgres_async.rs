//! PostgreSQL, async.

#[allow(dead_code, reason = "a cell defines more than this needs")]
mod cell {
    occ_tests::async_cell!(Postgres, diesel_async::AsyncPgConnection, occ_tests::postgres::Database);
    occ_tests::async_retry!();
}

#[path = "../scenarios/product.rs"]
mod product;

#[path = "any/mod.rs"]
mod any;

#[path = "servers/mod.rs"]
mod servers;

#[path = "waiting/mod.rs"]
mod waiting;
