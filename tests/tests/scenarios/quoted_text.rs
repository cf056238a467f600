//! A table of situations and classes: whatever text of a user's a message quotes, its class is the situation's own.

use occ_runtime::{Error, Transient};
use occ_tests::cell::Backend;

#[cfg(feature = "retry")]
use super::cell::retry;
use super::cell::{BACKEND, Conn, batch, connect, execute, save, save_all, touch};
use super::product::load;

/// What servers and clients say of conflicts and of lost connections, or a part of it.
const PLANTED: [&str; 22] = [
    "deadlock detected",
    "Deadlock found when trying to get lock",
    "Deadlock found when trying to get lock; try restarting transaction",
    "could not obtain lock on row in relation",
    "canceling statement due to lock timeout",
    "Lock wait timeout exceeded",
    "Lock wait timeout exceeded; try restarting transaction",
    "Record has changed since last read in table",
    "WSREP has not yet prepared node for application use",
    "database is locked",
    "database table is locked",
    "server closed the connection unexpectedly",
    "terminating connection",
    "terminating connection due to administrator command",
    "MySQL server has gone away",
    "Server has gone away",
    "Lost connection to server during query",
    "Connection was killed",
    "connection closed",
    "Connection to the server is closed",
    "Input/output error",
    "Running in read-only mode",
];

/// Which of them a server of this backend, or its client, says word for word.
fn own(text: &str) -> bool {
    match BACKEND {
        Backend::Postgres => {
            ["canceling statement due to lock timeout", "terminating connection due to administrator command"]
                .contains(&text)
        }
        // The two cannot be told apart, as Diesel passes on a text and nothing else from both.
        Backend::Mysql | Backend::Sqlite => [
            "Deadlock found when trying to get lock; try restarting transaction",
            "Lock wait timeout exceeded; try restarting transaction",
            "WSREP has not yet prepared node for application use",
            "database is locked",
            "database table is locked",
            "MySQL server has gone away",
            "Server has gone away",
            "Lost connection to server during query",
            "Connection was killed",
            "Running in read-only mode",
        ]
        .contains(&text),
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// As a name, of which servers take 63 bytes.
fn name(text: &str) -> String {
    let text = &text[..text.len().min(60)];
    if BACKEND == Backend::Mysql { format!("`{text}`") } else { format!("\"{text}\"") }
}

/// What is run before, and the statement that fails.
fn situations(text: &str) -> Vec<(&'static str, String, String)> {
    let (quoted, named) = (literal(text), name(text));
    let mut situations = vec![
        ("no such table", String::new(), format!("DELETE FROM {named}")),
        ("no such column", String::new(), format!("UPDATE products SET {named} = 1")),
        ("no such function", String::new(), format!("UPDATE products SET quantity = {named}()")),
        ("not SQL", String::new(), format!("UPDATE products SET quantity = = {named}")),
        (
            "a check",
            format!("CREATE TABLE quoting (id INTEGER PRIMARY KEY, CONSTRAINT {named} CHECK (id > 0))"),
            "INSERT INTO quoting VALUES (-1)".into(),
        ),
        (
            "a unique index and its value",
            format!(
                "CREATE TABLE quoting (id VARCHAR(100) NOT NULL, CONSTRAINT {named} UNIQUE (id));
                 INSERT INTO quoting VALUES ({quoted})"
            ),
            format!("INSERT INTO quoting VALUES ({quoted})"),
        ),
        (
            "a column that is not null",
            format!("CREATE TABLE quoting ({named} INTEGER NOT NULL)"),
            "INSERT INTO quoting VALUES (NULL)".into(),
        ),
        (
            "a table that is there",
            format!("CREATE TABLE {named} (id INTEGER)"),
            format!("CREATE TABLE {named} (id INTEGER)"),
        ),
    ];
    let of_this_backend: Vec<(_, String, String)> = match BACKEND {
        Backend::Postgres => vec![
            (
                "no such value of an enum",
                "CREATE TYPE mood AS ENUM ('happy')".into(),
                format!("SELECT {quoted}::mood"),
            ),
            ("no number", String::new(), format!("SELECT {quoted}::integer")),
            ("no such setting", String::new(), format!("SELECT current_setting({quoted})")),
            (
                "a domain",
                format!("CREATE DOMAIN lot AS text CONSTRAINT {named} CHECK (VALUE = '')"),
                "SELECT 'x'::lot".into(),
            ),
            (
                "raised with more than a message",
                String::new(),
                format!(
                    "DO $$ BEGIN RAISE EXCEPTION USING MESSAGE = 'refused', DETAIL = {quoted}, HINT = {quoted}, \
                     TABLE = {quoted}, COLUMN = {quoted}, CONSTRAINT = {quoted}; END $$"
                ),
            ),
            (
                "raised without its detail",
                String::new(),
                "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected'; END $$".into(),
            ),
        ],
        Backend::Mysql => vec![
            (
                "no number",
                "CREATE TABLE quoting (id INTEGER)".into(),
                format!("INSERT INTO quoting VALUES ({quoted})"),
            ),
            (
                "no such value of an enum",
                "CREATE TABLE quoting (mood ENUM ('happy') NOT NULL)".into(),
                format!("INSERT INTO quoting VALUES ({quoted})"),
            ),
            (
                "not XML",
                String::new(),
                format!("UPDATE products SET note = EXTRACTVALUE('', CONCAT('~', {quoted}))"),
            ),
        ],
        Backend::Sqlite => vec![
            (
                "a strict column",
                "CREATE TABLE quoting (id INTEGER) STRICT".into(),
                format!("INSERT INTO quoting VALUES ({quoted})"),
            ),
            ("not JSON", String::new(), format!("UPDATE products SET note = json_extract('{{}}', {quoted})")),
        ],
    };
    situations.extend(of_this_backend);
    situations
}

async fn clear(text: &str, conn: &mut Conn) {
    let more = if BACKEND == Backend::Postgres {
        "DROP DOMAIN IF EXISTS lot; DROP TYPE IF EXISTS mood;"
    } else {
        ""
    };
    let silent = if BACKEND == Backend::Postgres { "SET client_min_messages = error;" } else { "" };
    let sql = format!("{silent} DROP TABLE IF EXISTS quoting; DROP TABLE IF EXISTS {}; {more}", name(text));
    batch(&sql, conn).await.unwrap();
}

/// A trigger that refuses every change of a product, with this message.
async fn refuse_with(message: &str, conn: &mut Conn) {
    let message = literal(message);
    let sql = match BACKEND {
        Backend::Postgres => format!(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION USING MESSAGE = {message}; END $$;
             DROP TRIGGER IF EXISTS refuse ON products;
             CREATE TRIGGER refuse BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION refuse()"
        ),
        Backend::Mysql => format!(
            "DROP TRIGGER IF EXISTS refuse;
             CREATE TRIGGER refuse BEFORE UPDATE ON products FOR EACH ROW
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {message}"
        ),
        Backend::Sqlite => format!(
            "DROP TRIGGER IF EXISTS refuse;
             CREATE TRIGGER refuse BEFORE UPDATE ON products BEGIN SELECT RAISE(ABORT, {message}); END"
        ),
    };
    batch(
        &format!(
            "{}{sql}",
            if BACKEND == Backend::Postgres { "SET client_min_messages = error;" } else { "" }
        ),
        conn,
    )
    .await
    .unwrap();
}

#[track_caller]
fn assert_yours(error: &Error, what: &str) {
    let Error::Database(cause) = error else { panic!("{what}: {error:?}") };
    assert_eq!(Transient::of(cause), None, "{what}: {error:?}");
    assert!(!error.is_retryable() && !error.needs_new_connection(), "{what}: {error:?}");
}

super::scenarios! {
    async fn a_text_that_a_message_quotes_changes_no_class(database) {
        let conn = &mut connect(database).await;
        let mut provoked = 0;
        for text in PLANTED {
            for (situation, before, statement) in situations(text) {
                clear(text, conn).await;
                if !before.is_empty() {
                    batch(&before, conn).await.unwrap();
                }
                let what = format!("{situation}: {text}");
                let error = batch(&statement, conn).await.expect_err(&what);
                assert_yours(&Error::from(error), &what);
                // The other protocol, which Diesel has other kinds for. Not every statement can be prepared.
                if !statement.starts_with("DO ") {
                    let error = execute(diesel::sql_query(statement), conn).await.expect_err(&what);
                    assert_yours(&Error::from(error), &what);
                }
                provoked += 1;
            }
            clear(text, conn).await;
        }
        occ_tests::report::measured(format_args!("{BACKEND:?}: {provoked} messages with a planted text, 0 of another class"));
    }

    async fn a_text_that_a_trigger_raises_changes_no_class_of_a_save(database) {
        let conn = &mut connect(database).await;
        let mut products = vec![load(1, conn).await, load(2, conn).await];
        let before = products.clone();
        for text in PLANTED {
            let mut messages = vec![format!("refused: {text}"), format!("{text} (lamp 7)"), format!("\"{text}\"")];
            if !own(text) {
                messages.push(text.to_owned());
            }
            for message in messages {
                refuse_with(&message, conn).await;
                assert_yours(&save(&mut products[0], conn).await.unwrap_err(), &message);
                assert_yours(&touch(&mut products[0], conn).await.unwrap_err(), &message);
                assert_yours(&save_all(&mut products, conn).await.unwrap_err(), &message);
                assert_eq!(products, before);
            }
        }
    }

    async fn what_a_trigger_raises_word_for_word_as_the_server_is_taken_at_its_word(database) {
        // Nothing that Diesel passes on tells the two apart. Documented at `Transient::of`.
        let message = match BACKEND {
            Backend::Postgres => "canceling statement due to lock timeout",
            Backend::Mysql => "Lock wait timeout exceeded; try restarting transaction",
            Backend::Sqlite => "database is locked",
        };
        let conn = &mut connect(database).await;
        refuse_with(message, conn).await;
        assert!(save(&mut load(1, conn).await, conn).await.unwrap_err().is_retryable());
    }

    #[cfg(feature = "retry")]
    async fn a_quoted_text_is_not_retried(database) {
        let conn = &mut connect(database).await;
        refuse_with("refused: database is locked, deadlock detected, Lock wait timeout exceeded", conn).await;
        let attempts = std::sync::atomic::AtomicU32::new(0);
        let error = retry(&super::retry::at_once().attempts(5), conn, async |conn| {
            attempts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let mut product = load(1, conn).await;
            save(&mut product, conn).await
        })
        .await
        .unwrap_err();
        assert_eq!(attempts.into_inner(), 1);
        assert_yours(&error, "the trigger's");
    }
}
