//! What a connection answers after something was broken off on it.

use occ_runtime::Error;

use super::cell::{Conn, Database, batch, connect, reload, save, save_all, transaction};
use super::product::{Product, load};

/// Rows that only the questions below write.
pub async fn insert_rows(conn: &mut Conn) {
    batch(
        "INSERT INTO products VALUES (11, 'eleven', NULL, 1, 1);
         INSERT INTO products VALUES (12, 'twelve', NULL, 1, 1);
         INSERT INTO products VALUES (13, 'thirteen', NULL, 1, 1);",
        conn,
    )
    .await
    .unwrap();
}

/// How often something was answered, and how often refused because the connection is of no more use.
#[derive(Debug, Default)]
pub struct Answers {
    pub right: usize,
    pub refused: usize,
    pub wrong: Vec<String>,
}

impl Answers {
    fn take(&mut self, question: &str, right: Result<bool, Error>) {
        match right {
            Ok(true) => self.right += 1,
            Err(error) if error.needs_new_connection() => self.refused += 1,
            other => self.wrong.push(format!("{question}: {other:?}")),
        }
    }
}

/// Goes on with the connection, and compares what it says with what another one sees.
pub async fn ask(database: &Database, conn: &mut Conn, answers: &mut Answers) {
    let witness = &mut connect(database).await;

    let mut stale = Product { version: -7, ..load(11, witness).await };
    let refused = match save(&mut stale, conn).await {
        Err(error) if error.is_stale() => Ok(true),
        other => other.map(|()| false),
    };
    answers.take("a stale save", refused);

    let expected = load(12, witness).await;
    let mut read = Product { name: "not yet read".into(), ..expected.clone() };
    let outcome = reload(&mut read, conn).await;
    answers.take("a reload", outcome.map(|()| read == expected));

    let mut fresh = load(13, witness).await;
    fresh.quantity += 1;
    let outcome = save(&mut fresh, conn).await;
    let stored = outcome.is_err() || fresh == load(13, witness).await;
    answers.take("a save", outcome.map(|()| stored));

    let mut rows = [load(11, witness).await, load(13, witness).await];
    let outcome = save_all(&mut rows, conn).await;
    let stored = outcome.is_err() || rows == [load(11, witness).await, load(13, witness).await];
    answers.take("a batch", outcome.map(|()| stored));

    let mut row = load(12, witness).await;
    let outcome = transaction(conn, &mut row, async |conn, row| save(row, conn).await).await;
    let stored = row == load(12, witness).await;
    answers.take("a transaction", outcome.map(|()| stored));
}
