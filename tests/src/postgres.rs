//! PostgreSQL: a schema for each test.

use crate::database::{TestDatabase, server, unique_name};

/// A schema in the database of `OCC_TEST_POSTGRES_URL`.
#[derive(Debug)]
pub struct Database {
    url: String,
    schema: String,
}

impl TestDatabase for Database {
    fn create() -> Option<Self> {
        let url = server("OCC_TEST_POSTGRES_URL", "postgres://user@host/database")?;
        Some(Self::create_on(&url))
    }

    fn url(&self) -> String {
        self.url.clone()
    }

    fn setup(&self) -> String {
        format!("SET search_path TO {}", self.schema)
    }
}

impl Database {
    /// Makes a schema on this server.
    #[must_use]
    pub fn create_on(url: &str) -> Self {
        let schema = unique_name();
        run(url, &format!("CREATE SCHEMA {schema}"));
        Self { url: url.to_owned(), schema }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that fails may have left no server to ask.
        if std::thread::panicking() {
            return;
        }
        run(&self.url, &format!("SET client_min_messages = error; DROP SCHEMA {} CASCADE", self.schema));
    }
}

#[cfg(feature = "postgres")]
fn run(url: &str, sql: &str) {
    use diesel::Connection as _;
    use diesel::connection::SimpleConnection as _;
    let mut conn = diesel::PgConnection::establish(url).expect("OCC_TEST_POSTGRES_URL answers");
    conn.batch_execute(sql).expect("a schema can be made and dropped");
}

#[cfg(not(feature = "postgres"))]
fn run(url: &str, sql: &str) {
    use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
    crate::cell::wait(async {
        let mut conn =
            diesel_async::AsyncPgConnection::establish(url).await.expect("OCC_TEST_POSTGRES_URL answers");
        conn.batch_execute(sql).await.expect("a schema can be made and dropped");
    });
}
