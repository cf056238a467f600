//! The databases, and for each what has to be said in its own words.

use postgres::SimpleQueryMessage;

use mysql::prelude::Queryable as _;

use crate::clients::{self, Entry};
use crate::contender::Contender;
use crate::product::{PRICE, name, note};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
    Mysql,
}

pub struct Database {
    pub kind: Kind,
    pub url: String,
    /// How many schemas there are, to be dropped at the end.
    schemas: std::cell::Cell<usize>,
}

impl Database {
    pub fn sqlite() -> Self {
        Self { kind: Kind::Sqlite, url: ":memory:".to_owned(), schemas: 0.into() }
    }

    /// The servers that the environment names.
    pub fn from_env(kind: Kind) -> Option<Self> {
        let mut url = std::env::var(kind.variable()?).ok()?;
        // All go the same way to the server. Left to themselves, some would encrypt, or leave TCP for a socket.
        let (option, value) = match kind {
            Kind::Mysql => ("prefer_socket", "false"),
            Kind::Postgres | Kind::Sqlite => ("sslmode", "disable"),
        };
        if !url.contains(option) {
            let mark = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{mark}{option}={value}");
        }
        Some(Self { kind, url, schemas: 0.into() })
    }

    pub fn entries(&self) -> Vec<Entry> {
        match self.kind {
            Kind::Sqlite => clients::sqlite(),
            Kind::Postgres => clients::postgres(),
            Kind::Mysql => clients::mysql(),
        }
    }

    /// Which server it is, and what a commit waits for there.
    pub fn facts(&self) -> String {
        match self.kind {
            Kind::Sqlite => {
                format!("SQLite {} in memory, which no commit outlives", rusqlite::version())
            }
            Kind::Postgres => format!(
                "PostgreSQL {} over TCP: fsync {}, synchronous_commit {}",
                self.show("SHOW server_version"),
                self.show("SHOW fsync"),
                self.show("SHOW synchronous_commit"),
            ),
            Kind::Mysql => format!(
                "{} over TCP: innodb_flush_log_at_trx_commit {}, log_bin {}",
                self.show("SELECT VERSION()"),
                self.show("SELECT CAST(@@innodb_flush_log_at_trx_commit AS CHAR)"),
                self.show("SELECT CAST(@@log_bin AS CHAR)"),
            ),
        }
    }

    /// Runs a statement on a connection of its own, and returns the first value, if there is one.
    fn show(&self, sql: &str) -> String {
        let value = match self.kind {
            Kind::Sqlite => None,
            Kind::Postgres => {
                let mut client = postgres::Client::connect(&self.url, postgres::NoTls).unwrap();
                let messages = client.simple_query(sql).unwrap();
                messages.iter().find_map(|message| match message {
                    SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                })
            }
            Kind::Mysql => mysql::Conn::new(self.url.as_str()).unwrap().query_first(sql).unwrap(),
        };
        value.unwrap_or_default()
    }

    /// A schema for each contender: they all write `products`, and none feels what another has left behind.
    pub fn new_schema(&self) -> String {
        let name = format!("occ_bench_{}_{}", std::process::id(), self.schemas.get());
        if self.kind != Kind::Sqlite {
            self.schemas.set(self.schemas.get() + 1);
            self.show(&format!("CREATE SCHEMA {name}"));
        }
        name
    }

    pub fn enter(&self, schema: &str, contender: &mut dyn Contender) {
        match self.kind {
            Kind::Sqlite => {}
            Kind::Postgres => contender.execute(&format!("SET search_path TO {schema}")),
            Kind::Mysql => contender.execute(&format!("USE {schema}")),
        }
    }

    pub fn create_table(&self, contender: &mut dyn Contender) {
        let (text, double, options) = match self.kind {
            Kind::Sqlite => ("TEXT", "DOUBLE", ""),
            // Vacuumed between the rounds, and not in the middle of one.
            Kind::Postgres => ("TEXT", "DOUBLE PRECISION", "WITH (autovacuum_enabled = false)"),
            Kind::Mysql => ("VARCHAR(200)", "DOUBLE", "ENGINE = InnoDB"),
        };
        contender.execute(&format!(
            "CREATE TABLE products (
                id INTEGER PRIMARY KEY, name {text} NOT NULL, note {text}, quantity INTEGER NOT NULL,
                price {double} NOT NULL, version INTEGER NOT NULL
            ) {options}"
        ));
    }

    /// The products 1 to `rows` and no others, at version 1, with a quantity of 0.
    pub fn fill(&self, contender: &mut dyn Contender, rows: usize) {
        contender.execute(match self.kind {
            Kind::Postgres => "TRUNCATE products",
            Kind::Sqlite | Kind::Mysql => "DELETE FROM products",
        });
        for start in (0..rows).step_by(1_000) {
            let values: Vec<String> = (start..rows.min(start + 1_000))
                .map(|row| {
                    let note = note(row).map_or("NULL".to_owned(), |note| format!("'{note}'"));
                    format!("({}, '{}', {note}, 0, {PRICE}, 1)", row + 1, name(row))
                })
                .collect();
            contender.execute(&format!("INSERT INTO products VALUES {}", values.join(", ")));
        }
    }

    /// Clears away the row versions that a round has left, which would slow down the next.
    pub fn tidy_up(&self, contender: &mut dyn Contender) {
        if self.kind == Kind::Postgres {
            contender.execute("VACUUM ANALYZE products");
        }
    }

    /// Rows, and the sums of what their saves have counted up: of versions, which were 1, and of quantities, which were 0.
    pub fn totals(&self, contender: &mut dyn Contender) -> [i64; 3] {
        let integer = if self.kind == Kind::Mysql { "SIGNED" } else { "BIGINT" };
        ["COUNT(*)", "COALESCE(SUM(version - 1), 0)", "COALESCE(SUM(quantity), 0)"]
            .map(|sum| contender.number(&format!("SELECT CAST({sum} AS {integer}) FROM products")))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let cascade = if self.kind == Kind::Postgres { "CASCADE" } else { "" };
        for number in 0..self.schemas.get() {
            self.show(&format!("DROP SCHEMA occ_bench_{}_{number} {cascade}", std::process::id()));
        }
    }
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::Mysql => "MariaDB",
        }
    }

    pub fn file_name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
            Self::Mysql => "mariadb",
        }
    }

    /// Where its URL is found. SQLite in memory needs none.
    pub fn variable(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("OCC_TEST_POSTGRES_URL"),
            Self::Mysql => Some("OCC_TEST_MYSQL_URL"),
        }
    }

    /// The feature without which blocking Diesel is not compiled in, and whether it is.
    pub fn feature(self) -> Option<(&'static str, bool)> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(("postgres", cfg!(feature = "postgres"))),
            Self::Mysql => Some(("mysql", cfg!(feature = "mysql"))),
        }
    }
}
