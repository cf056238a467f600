//! A database for each test.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};

use crate::skipped;

/// Goes with the test.
pub struct Database {
    pub url: String,
    _owned: Owned,
}

/// Named for the sake of what it does when it is dropped.
enum Owned {
    Folder(#[expect(dead_code, reason = "goes with its files when it is dropped")] tempfile::TempDir),
    Schema { server: String, name: String },
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = folder.path().join("articles.db").display().to_string();
        Self { url, _owned: Owned::Folder(folder) }
    }

    /// A schema of its own; `None`, and a word about it, if no server was named.
    pub fn postgres(test: &str) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("OCC_TEST_POSTGRES_URL") else {
            skipped(test, "set OCC_TEST_POSTGRES_URL to a PostgreSQL server, as tests/README.md says");
            return None;
        };
        let name = format!("articles_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        execute(&server, &format!("CREATE SCHEMA {name}"));
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-csearch_path%3D{name}");
        Some(Self { url, _owned: Owned::Schema { server, name } })
    }

    /// Slug, title and version of every row.
    pub fn rows(&self) -> Vec<(String, String, i64)> {
        let mut rows = articles::rows(&self.url).unwrap();
        rows.sort();
        rows
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Self::Schema { server, name } = self {
            execute(server, &format!("SET client_min_messages = warning; DROP SCHEMA {name} CASCADE"));
        }
    }
}

fn execute(server: &str, sql: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut conn = AsyncPgConnection::establish(server).await.unwrap();
        conn.batch_execute(sql).await.unwrap();
    });
}
