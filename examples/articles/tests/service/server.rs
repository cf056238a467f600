//! The service as a process of its own, on a free port.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::client::Client;
use crate::database::Database;

pub struct Server {
    pub database: Database,
    pub url: String,
    child: Child,
}

impl Server {
    pub fn new(database: Database) -> Self {
        Self::with_secret(database, "")
    }

    pub fn with_secret(database: Database, secret: &str) -> Self {
        let (child, url) = start(&["--listen", "127.0.0.1:0", "--database", &database.url], secret);
        Self { database, url, child }
    }

    /// A second service on the same rows.
    pub fn sibling(&self, secret: &str) -> Sibling {
        let (child, url) = start(&["--listen", "127.0.0.1:0", "--database", &self.database.url], secret);
        Sibling { url, child }
    }

    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

pub struct Sibling {
    pub url: String,
    child: Child,
}

impl Drop for Sibling {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // It may have ended already.
    drop(child.kill());
    drop(child.wait());
}

fn start(arguments: &[&str], secret: &str) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_articles"));
    command.args(arguments).env("ARTICLES_SECRET", secret);
    spawn(&mut command)
}

fn spawn(command: &mut Command) -> (Child, String) {
    command.env_remove("DATABASE_URL").env_remove("ARTICLES_LISTEN").stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "it says where it listens: {url:?}");
    (child, url.trim().to_owned())
}

/// Told of no database, so that its file is its own, below `folder`. Answers what it exits with when it is asked to end.
pub fn start_and_terminate(signal: &str, folder: &Path, meanwhile: impl FnOnce(&str)) -> ExitStatus {
    let mut command = Command::new(env!("CARGO_BIN_EXE_articles"));
    let (mut child, url) = spawn(command.args(["--listen", "127.0.0.1:0"]).env("TMPDIR", folder));
    meanwhile(&url);
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    child.wait().unwrap()
}

/// What it says when it does not start.
pub fn refused(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_articles"));
    command.args(arguments).env_remove("DATABASE_URL").stderr(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{words}");
    words
}
