//! A cell of the test matrix: one backend in one colour.
//!
//! Scenarios are async functions over the names that a cell defines (`Conn`, `Database`, `save`, `execute` ..). In a
//! blocking cell those functions never wait, so [`now`] can run the scenario.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The output of a future that never waits.
///
/// # Panics
///
/// If it waits after all.
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("a blocking cell does not wait"),
    }
}

/// Defines the names of a cell for a blocking connection.
#[macro_export]
macro_rules! blocking_cell {
    ($connection:ty, $database:ty) => {
        use diesel::connection::{LoadConnection, SimpleConnection as _};
        use diesel::query_builder::{AsChangeset, QueryFragment};
        use diesel::query_dsl::methods::{ExecuteDsl, LoadQuery};
        use diesel::{Connection, QueryResult, RunQueryDsl};
        use occ_runtime::{Error, LoadsOn, LocksOn, OptimisticDsl};

        pub type Conn = $connection;
        pub type Database = $database;

        pub use $crate::cell::now as block_on;

        pub async fn connect(database: &Database) -> Conn {
            database.connect()
        }

        pub async fn batch(sql: &str, conn: &mut Conn) -> QueryResult<()> {
            conn.batch_execute(sql)
        }

        pub async fn execute<Q>(query: Q, conn: &mut Conn) -> QueryResult<usize>
        where
            Q: ExecuteDsl<Conn>,
        {
            ExecuteDsl::execute(query, conn)
        }

        pub async fn first<'q, Q, U>(query: Q, conn: &mut Conn) -> QueryResult<U>
        where
            Q: LoadQuery<'q, Conn, U>,
        {
            RunQueryDsl::get_result(query, conn)
        }

        pub async fn save<M: LocksOn<Conn>>(model: &mut M, conn: &mut Conn) -> Result<(), Error> {
            OptimisticDsl::save_optimistic(model, conn)
        }

        pub async fn save_expecting<M: LocksOn<Conn>>(
            model: &mut M,
            expected: &M::Version,
            conn: &mut Conn,
        ) -> Result<(), Error> {
            OptimisticDsl::save_optimistic_expecting(model, expected, conn)
        }

        pub async fn update<M, S>(model: &mut M, changes: S, conn: &mut Conn) -> Result<(), Error>
        where
            M: LocksOn<Conn>,
            S: AsChangeset<Target = M::Table, Changeset: QueryFragment<<Conn as Connection>::Backend>>,
        {
            OptimisticDsl::update_optimistic(model, changes, conn)
        }

        pub async fn touch<M: LocksOn<Conn>>(model: &mut M, conn: &mut Conn) -> Result<(), Error> {
            OptimisticDsl::touch_optimistic(model, conn)
        }

        pub async fn delete<M: LocksOn<Conn>>(model: &M, conn: &mut Conn) -> Result<(), Error> {
            OptimisticDsl::delete_optimistic(model, conn)
        }

        pub async fn verify<M: LocksOn<Conn>>(model: &M, conn: &mut Conn) -> Result<(), Error> {
            OptimisticDsl::verify_optimistic(model, conn)
        }

        pub async fn reload<M: LoadsOn<Conn>>(model: &mut M, conn: &mut Conn) -> Result<(), Error> {
            OptimisticDsl::reload(model, conn)
        }

        pub fn record(conn: &mut Conn) -> $crate::recorder::Recorder {
            let recorder = $crate::recorder::Recorder::default();
            conn.set_instrumentation(recorder.clone());
            recorder
        }
    };
}
