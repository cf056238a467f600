//! What can go wrong, as sentences.

use std::path::PathBuf;

use occ_runtime::Error as OccError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}; `contention --help` says what can be given")]
    Argument(String),
    #[error("cannot connect to {database}: {source}")]
    Connect { database: &'static str, source: diesel::ConnectionError },
    #[error("cannot prepare the table `occ_contention` on {database}: {source}")]
    Table { database: &'static str, source: diesel::result::Error },
    #[error("{strategy} on {database} was ended by an error that no retry can help: {source}")]
    Worker { database: &'static str, strategy: &'static str, source: OccError },
    #[error(
        "{strategy} on {database} lost updates: {increments} increments succeeded, but the quantities add up to \
         {quantities} and the versions to {versions}"
    )]
    Lost { database: &'static str, strategy: &'static str, increments: u64, quantities: i64, versions: i64 },
    #[error("a worker of {strategy} on {database} did not finish: {source}")]
    Join { database: &'static str, strategy: &'static str, source: tokio::task::JoinError },
    #[error("cannot write {}: {source}", file.display())]
    Write { file: PathBuf, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("cannot start the runtime: {0}")]
    Runtime(std::io::Error),
}
