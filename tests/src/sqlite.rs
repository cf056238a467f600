//! SQLite: a file for each test.

use std::path::PathBuf;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use crate::database::{TestDatabase, unique_name};

/// A database file in the temporary folder.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
}

impl TestDatabase for Database {
    fn create() -> Option<Self> {
        let path = std::env::temp_dir().join(format!("{}.sqlite", unique_name()));
        let database = Self { path };
        // As programs with several writers use it.
        database.connect().batch_execute("PRAGMA journal_mode = WAL").expect("the journal mode can be set");
        Some(database)
    }

    fn url(&self) -> String {
        self.path.display().to_string()
    }

    /// Waits for other writers.
    fn setup(&self) -> String {
        "PRAGMA busy_timeout = 10000; PRAGMA synchronous = OFF;".to_owned()
    }
}

impl Database {
    /// A new connection.
    #[must_use]
    pub fn connect(&self) -> SqliteConnection {
        let mut conn = SqliteConnection::establish(&self.url()).expect("the file can be opened");
        conn.batch_execute(&self.setup()).expect("pragmas can be set");
        conn
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut file = self.path.clone().into_os_string();
            file.push(suffix);
            // Not every file exists, and a leftover in the temporary folder fails nothing.
            let _ = std::fs::remove_file(file);
        }
    }
}
