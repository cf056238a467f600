//! Which cells there are: servers, modes and isolation levels.

use std::fmt;

use crate::broken::Implementation;
use crate::check::Rules;
use crate::run::{Play, Setting};
use crate::workload::{Faults, Mix};

/// What is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// A file.
    Sqlite,
    /// The server of `OCC_TEST_POSTGRES_URL`.
    Postgres,
    /// The server of `OCC_TEST_MYSQL_URL`.
    Mysql,
    /// The cluster of `OCC_TEST_GALERA_URLS`: each worker writes on another node.
    Galera,
}

/// Which connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Diesel's own.
    Blocking,
    /// diesel-async's.
    Async,
}

/// One cell at one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What is written to.
    pub server: Server,
    /// By which connections.
    pub mode: Mode,
    /// The isolation level; on SQLite, which has one, the journal.
    pub level: &'static str,
}

/// All servers.
pub const SERVERS: [Server; 4] = [Server::Sqlite, Server::Postgres, Server::Mysql, Server::Galera];
/// Both modes.
pub const MODES: [Mode; 2] = [Mode::Blocking, Mode::Async];

impl Server {
    /// Its isolation levels, at which no update is lost. READ UNCOMMITTED is none of them: whoever reads what is rolled back
    /// afterwards, may save on top of it. On PostgreSQL it is READ COMMITTED.
    #[must_use]
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["wal", "rollback"],
            Self::Postgres => &["read uncommitted", "read committed", "repeatable read", "serializable"],
            Self::Mysql => &["read committed", "repeatable read", "snapshot", "serializable"],
            Self::Galera => &["read committed", "repeatable read"],
        }
    }

    /// The level of this name, also one of those that promise too little.
    #[must_use]
    pub fn level(self, name: &str) -> Option<&'static str> {
        let promises_little: &[&str] = if self == Self::Mysql { &["read uncommitted"] } else { &[] };
        self.levels().iter().chain(promises_little).copied().find(|level| *level == name)
    }
}

impl Cell {
    /// Its database; `None` where there is no server, or it was left out of this build: the run then says so.
    #[must_use]
    pub fn open(self, implementation: Implementation, mix: Mix) -> Option<Play> {
        let setting = self.setting(implementation, mix);
        if self.server == Server::Galera {
            return self.open_cluster(setting);
        }
        #[allow(unreachable_patterns, reason = "not in every build")]
        let opened = match (self.server, self.mode) {
            (Server::Sqlite, Mode::Blocking) => crate::cells::sqlite_blocking::worker::open(&setting),
            #[cfg(feature = "postgres")]
            (Server::Postgres, Mode::Blocking) => crate::cells::postgres_blocking::worker::open(&setting),
            #[cfg(feature = "mysql")]
            (Server::Mysql, Mode::Blocking) => crate::cells::mysql_blocking::worker::open(&setting),
            #[cfg(feature = "async")]
            (Server::Sqlite, Mode::Async) => crate::cells::sqlite_async::worker::open(&setting),
            #[cfg(feature = "async")]
            (Server::Postgres, Mode::Async) => crate::cells::postgres_async::worker::open(&setting),
            #[cfg(feature = "async")]
            (Server::Mysql, Mode::Async) => crate::cells::mysql_async::worker::open(&setting),
            _ => {
                let feature = match (self.mode, self.server) {
                    (Mode::Async, _) => "async",
                    (Mode::Blocking, Server::Postgres) => "postgres",
                    (Mode::Blocking, _) => "mysql",
                };
                occ_tests::report::skipped(self, format_args!("build with --features {feature}"));
                None
            }
        };
        opened
    }

    /// In a database on the first node.
    fn open_cluster(self, setting: Setting) -> Option<Play> {
        let Ok(urls) = std::env::var("OCC_TEST_GALERA_URLS") else {
            occ_tests::report::skipped(self, "set OCC_TEST_GALERA_URLS to the URLs of a cluster's nodes");
            return None;
        };
        let nodes = urls.split(',').map(|url| url.trim_end_matches("/test").to_owned()).collect();
        let setting = Setting { nodes, ..setting };
        let first = urls.split(',').next().unwrap_or_default();
        match self.mode {
            #[cfg(feature = "mysql")]
            Mode::Blocking => {
                let database = occ_tests::mysql::Database::create_on(first);
                Some(crate::cells::mysql_blocking::worker::open_in(database, &setting))
            }
            #[cfg(feature = "async")]
            Mode::Async => {
                let database = occ_tests::mysql::Database::create_on(first);
                Some(crate::cells::mysql_async::worker::open_in(database, &setting))
            }
            #[allow(unreachable_patterns, reason = "not in every build")]
            _ => {
                occ_tests::report::skipped(
                    self,
                    format_args!("build with --features mysql,async; nodes: {first}"),
                );
                drop(setting);
                None
            }
        }
    }

    /// All that there is, with those faults that there can be here.
    #[must_use]
    pub fn faults(self) -> Mix {
        let server = self.server != Server::Sqlite;
        Mix::Faults(Faults {
            server,
            // The administrator is on one node, and its numbers are not those of the others.
            administrator: server && self.server != Server::Galera,
            futures: self.mode == Mode::Async,
            file: self.server == Server::Sqlite,
        })
    }

    /// What is promised at this level.
    #[must_use]
    pub fn rules(self, mix: Mix) -> Rules {
        let dirty = self.server == Server::Mysql && self.level == "read uncommitted";
        Rules {
            committed_reads: !dirty,
            one_server: self.server != Server::Galera,
            faults: matches!(mix, Mix::Faults(_)),
            ..Rules::default()
        }
    }

    fn setting(self, implementation: Implementation, mix: Mix) -> Setting {
        let faults = if let Mix::Faults(faults) = mix { Some(faults) } else { None };
        let level = self.level.to_uppercase();
        let (once, each) = match self.server {
            // A row grows out of a small page sooner, and out of the file where that has no room to spare. WAL keeps both as they are.
            Server::Sqlite if faults.is_some() => {
                let journal = if self.level == "rollback" { "DELETE" } else { "WAL" };
                let small = "PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; PRAGMA auto_vacuum = FULL; VACUUM";
                (format!("{small}; PRAGMA journal_mode = {journal}"), String::new())
            }
            // WAL is what the database begins with.
            Server::Sqlite if self.level == "rollback" => ("PRAGMA journal_mode = DELETE".to_owned(), String::new()),
            Server::Sqlite => (String::new(), String::new()),
            Server::Postgres => {
                (String::new(), format!("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}"))
            }
            // MariaDB's own: its default since 11.6. Oracle's MySQL does not have it.
            Server::Mysql if self.level == "snapshot" => (
                String::new(),
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET SESSION innodb_snapshot_isolation = ON"
                    .to_owned(),
            ),
            Server::Mysql => (String::new(), format!("SET SESSION TRANSACTION ISOLATION LEVEL {level}")),
            // A certification that failed is the caller's to see, not the server's to repeat.
            Server::Galera => (
                String::new(),
                format!("SET SESSION TRANSACTION ISOLATION LEVEL {level}; SET SESSION wsrep_retry_autocommit = 0"),
            ),
        };
        Setting { once, each, nodes: Vec::new(), implementation, faults }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = match self.server {
            Server::Sqlite => "sqlite",
            Server::Postgres => "postgres",
            Server::Mysql => "mysql",
            Server::Galera => "galera",
        };
        let mode = match self.mode {
            Mode::Blocking => "blocking",
            Mode::Async => "async",
        };
        write!(f, "{server:<8}  {mode:<8}  {:<16}", self.level)
    }
}
