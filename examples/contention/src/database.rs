//! Which database a word of the command line means, and how a measurement gets there.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use diesel::SqliteConnection;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};

use crate::error::Error;
use crate::workload::{Cell, Measured, measure};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file of its own in the temporary folder.
    Sqlite,
    Postgres(String),
    Mysql(String),
}

impl Database {
    pub fn named(word: &str) -> Result<Self, Error> {
        match word.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(word.to_owned())),
            Some(("mysql" | "mariadb", rest)) => Ok(Self::Mysql(format!("mysql://{rest}"))),
            None if word == "sqlite" => Ok(Self::Sqlite),
            // Not repeated in full, as there may be a password in it.
            Some((scheme, _)) => {
                Err(Error::Argument(format!("`{scheme}://` is no database that is known here")))
            }
            None => Err(Error::Argument(format!("`{word}` is no database: it is `sqlite` or a URL"))),
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
            Self::Mysql(_) => "MariaDB",
        }
    }

    pub async fn measure(&self, cell: Cell, done: &Arc<AtomicU32>) -> Result<Measured, Error> {
        match self {
            Self::Sqlite => {
                let folder = TemporaryFolder::new()?;
                let file = folder.0.join("contention.sqlite").display().to_string();
                measure::<SyncConnectionWrapper<SqliteConnection>>(&file, cell, done).await
            }
            Self::Postgres(url) => measure::<AsyncPgConnection>(url, cell, done).await,
            Self::Mysql(url) => measure::<AsyncMysqlConnection>(url, cell, done).await,
        }
    }
}

/// Goes with all that is in it.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new() -> Result<Self, Error> {
        let name = format!("occ-contention-{}-{:016x}", std::process::id(), fastrand::u64(..));
        let folder = std::env::temp_dir().join(name);
        match std::fs::create_dir(&folder) {
            Ok(()) => Ok(Self(folder)),
            Err(error) => Err(Error::Write { file: folder, source: error.into() }),
        }
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What stays is in a folder that the system empties.
        drop(std::fs::remove_dir_all(&self.0));
    }
}
