//! Listens, serves, and ends.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::app::{self, App};
use crate::arguments::{Arguments, Database};
use crate::store::{self, Store};

/// Requests that are under way when the service is to end have this long.
const LAST_ORDERS: Duration = Duration::from_secs(10);

/// Why the service does not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}; `articles --help` says what can be given")]
    Argument(String),
    #[error("cannot listen on {address}: {source}; choose another address with --listen")]
    Listen { address: String, source: io::Error },
    #[error("cannot open the database: {0}; DATABASE_URL or --database says which it is")]
    Database(#[from] store::Error),
    #[error("cannot make a file for the articles: {0}; set DATABASE_URL to a place where one can be written")]
    File(io::Error),
    #[error("cannot serve: {0}")]
    Serve(io::Error),
}

pub fn run(arguments: Arguments) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Serve)?;
    // The file goes when the service has ended.
    let folder;
    let database = match arguments.database {
        Database::Temporary => {
            folder = tempfile::Builder::new().prefix("articles-").tempdir().map_err(Error::File)?;
            Database::File(folder.path().join("articles.db").display().to_string())
        }
        named => named,
    };
    let outcome = runtime.block_on(serve(&arguments.listen, &database, arguments.tags));
    // A query that still runs would keep the process alive.
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome
}

/// As [`crate::rows`].
pub fn rows(database: &str) -> Result<Vec<(String, String, i64)>, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Serve)?;
    let database = Database::named(database)?;
    runtime.block_on(async { Ok(open(&database).await?.rows().await?) })
}

async fn open(database: &Database) -> Result<Store, store::Error> {
    match database {
        Database::Postgres(url) => Store::postgres(url).await,
        Database::File(file) => Store::sqlite(file).await,
        // `run` has made a file of it.
        Database::Temporary => Store::sqlite(":memory:").await,
    }
}

async fn serve(
    address: &str,
    database: &Database,
    tags: occ_runtime::http::EntityTagger,
) -> Result<(), Error> {
    let cannot_listen = |source| Error::Listen { address: address.to_owned(), source };
    // Before the first word to the database: who asks the service to end while it starts is heard.
    let asked_to_end = asked_to_end().map_err(Error::Serve)?;
    let store = open(database).await?;
    let listener = TcpListener::bind(address).await.map_err(cannot_listen)?;
    println!("http://{}", listener.local_addr().map_err(cannot_listen)?);
    let (ending, ended) = oneshot::channel();
    let serving = axum::serve(listener, app::router(App { store, tags })).with_graceful_shutdown(async {
        asked_to_end.await;
        // Nobody listens any more only if the service has ended by itself.
        let _ = ending.send(());
    });
    let out_of_patience = async {
        match ended.await {
            Ok(()) => tokio::time::sleep(LAST_ORDERS).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        outcome = serving => outcome.map_err(Error::Serve),
        () = out_of_patience => Ok(()),
    }
}

#[cfg(unix)]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn asked_to_end() -> io::Result<impl Future<Output = ()>> {
    // Where Ctrl-C cannot be listened to, only killing ends the service.
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
