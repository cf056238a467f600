//! SQLite: each test has a database file of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

/// A database file, removed in the end.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
}

impl Database {
    /// An empty database, in WAL mode as programs with several writers use it.
    #[must_use]
    pub fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("occ-tests-{}-{}.sqlite", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let database = Self { path: std::env::temp_dir().join(name) };
        database.connect().batch_execute("PRAGMA journal_mode = WAL").expect("the journal mode can be set");
        database
    }

    /// The file's path.
    #[must_use]
    pub fn url(&self) -> String {
        self.path.display().to_string()
    }

    /// A new connection that waits for other writers.
    #[must_use]
    pub fn connect(&self) -> SqliteConnection {
        let mut conn = SqliteConnection::establish(&self.url()).expect("the file can be opened");
        conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA synchronous = OFF")
            .expect("pragmas can be set");
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
