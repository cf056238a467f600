//! MySQL and MariaDB: a database for each test.

use crate::database::{TestDatabase, server, unique_name};

/// A database on the server of `OCC_TEST_MYSQL_URL`.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
    /// Somebody else drops it.
    shared: bool,
}

impl TestDatabase for Database {
    fn create() -> Option<Self> {
        let server = server("OCC_TEST_MYSQL_URL", "mysql://user@host/database")?;
        Some(Self::create_on(&server))
    }

    fn url(&self) -> String {
        let (server, _database) = self.server.rsplit_once('/').expect("the URL names a database");
        format!("{server}/{}", self.name)
    }

    fn setup(&self) -> String {
        // Long enough for any test, short enough to see one hang.
        "SET SESSION innodb_lock_wait_timeout = 10".to_owned()
    }
}

impl Database {
    /// The same database on another server, such as another node of a Galera cluster.
    #[must_use]
    pub fn on(&self, server: &str) -> Self {
        Self { server: server.to_owned(), name: self.name.clone(), shared: true }
    }

    /// The database that the URL names.
    ///
    /// # Panics
    ///
    /// If it names none.
    #[must_use]
    pub fn named_in(url: &str) -> Self {
        let (_server, name) = url.rsplit_once('/').expect("the URL names a database");
        Self { server: url.to_owned(), name: name.to_owned(), shared: true }
    }

    /// Makes a database on this server.
    #[must_use]
    pub fn create_on(server: &str) -> Self {
        let name = unique_name();
        run(server, &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"));
        Self { server: server.to_owned(), name, shared: false }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A test that fails may have left no server to ask.
        if std::thread::panicking() {
            return;
        }
        if !self.shared {
            run(&self.server, &format!("DROP DATABASE {}", self.name));
        }
    }
}

#[cfg(feature = "mysql")]
fn run(url: &str, sql: &str) {
    use diesel::Connection as _;
    use diesel::connection::SimpleConnection as _;
    let mut conn = diesel::MysqlConnection::establish(url).expect("OCC_TEST_MYSQL_URL answers");
    conn.batch_execute(sql).expect("a database can be made and dropped");
}

#[cfg(not(feature = "mysql"))]
fn run(url: &str, sql: &str) {
    use diesel_async::{AsyncConnection as _, SimpleAsyncConnection as _};
    crate::cell::wait(async {
        let mut conn =
            diesel_async::AsyncMysqlConnection::establish(url).await.expect("OCC_TEST_MYSQL_URL answers");
        conn.batch_execute(sql).await.expect("a database can be made and dropped");
    });
}
