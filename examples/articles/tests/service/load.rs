//! The load tool, for a moment. `cargo run --release -p articles --bin load` takes longer.

use std::process::Command;

use crate::database::Database;

/// Runs it, and answers what it says.
fn load(database: &Database, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
    let output = command.args(["--database", &database.url]).args(arguments).output().unwrap();
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{complained}");
    assert!(said.ends_with("nothing is lost\n"), "{said}");
    said.into_owned()
}

fn many_clients_lose_nothing(database: &Database) {
    let said = load(database, &["--edits", "1000"]);
    assert!(said.contains("without an answer: 0\n"), "{said}");
}

fn what_was_accepted_outlives_the_service(database: &Database) {
    let said = load(database, &["--edits", "1000", "--kill"]);
    assert!(said.contains("killed, and started again\n"), "{said}");
}

#[test]
fn many_clients_lose_nothing_on_sqlite() {
    many_clients_lose_nothing(&Database::sqlite());
}

#[test]
fn what_was_accepted_outlives_the_service_on_sqlite() {
    what_was_accepted_outlives_the_service(&Database::sqlite());
}

#[test]
fn many_clients_lose_nothing_on_postgres() {
    let name = concat!(module_path!(), "::many_clients_lose_nothing_on_postgres");
    if let Some(database) = Database::postgres(name) {
        many_clients_lose_nothing(&database);
    }
}

#[test]
fn what_was_accepted_outlives_the_service_on_postgres() {
    let name = concat!(module_path!(), "::what_was_accepted_outlives_the_service_on_postgres");
    if let Some(database) = Database::postgres(name) {
        what_was_accepted_outlives_the_service(&database);
    }
}

/// The check itself finds what is lost: somebody changes rows behind the clients' backs.
#[test]
fn it_would_find_what_is_lost() {
    use diesel::connection::SimpleConnection as _;
    use diesel::{Connection as _, SqliteConnection};

    let database = Database::sqlite();
    // Whoever reads a title writes back one that says less.
    drop(articles::rows(&database.url).unwrap());
    let mut conn = SqliteConnection::establish(&database.url).unwrap();
    conn.batch_execute(
        "CREATE TRIGGER forget AFTER UPDATE ON articles WHEN new.version = 5 BEGIN
             UPDATE articles SET title = '0' WHERE id = new.id;
         END",
    )
    .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_load"));
    command.args(["--database", &database.url, "--edits", "200", "--articles", "1"]);
    let output = command.output().unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && complained.contains("load: lost: "), "{complained}");
}
