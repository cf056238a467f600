//! Two transactions, every order of their steps, every isolation level: no update is lost.

use diesel::prelude::*;
use occ_runtime::Error;
use occ_tests::cell::Backend;
use occ_tests::report::measured;

use super::cell::{BACKEND, Conn, batch, connect, execute, save};
use super::product::{Product, load, products};

/// How a transaction is begun at each level of the backend, `;` between statements.
fn levels() -> Vec<(&'static str, &'static [&'static str])> {
    match BACKEND {
        Backend::Sqlite => vec![("deferred", &["BEGIN"]), ("immediate", &["BEGIN IMMEDIATE"])],
        Backend::Postgres => vec![
            ("read committed", &["BEGIN ISOLATION LEVEL READ COMMITTED"]),
            ("repeatable read", &["BEGIN ISOLATION LEVEL REPEATABLE READ"]),
            ("serializable", &["BEGIN ISOLATION LEVEL SERIALIZABLE"]),
        ],
        Backend::Mysql => vec![
            ("read committed", &["SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "BEGIN"]),
            ("repeatable read", &["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "BEGIN"]),
            ("serializable", &["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "BEGIN"]),
        ],
    }
}

/// A lock that is taken is an error at once: here both writers live in one thread.
fn no_waiting() -> &'static str {
    match BACKEND {
        Backend::Sqlite => "PRAGMA busy_timeout = 0",
        Backend::Postgres => "SET lock_timeout = '20ms'",
        Backend::Mysql => "SET SESSION innodb_lock_wait_timeout = 0",
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Read,
    Write,
    Commit,
}

/// One of the two: reads, adds to what it read, commits. After an error it rolls back and is out.
struct Actor {
    conn: Conn,
    adds: i32,
    checked: bool,
    next: usize,
    product: Option<Product>,
    end: Option<Result<(), Error>>,
}

impl Actor {
    async fn step(&mut self, begin: &[&str]) {
        let step = [Step::Read, Step::Write, Step::Commit][self.next];
        self.next += 1;
        if self.end.is_some() {
            return;
        }
        if let Err(error) = self.take(step, begin).await {
            // The server may have ended the transaction already.
            let _ = batch("ROLLBACK", &mut self.conn).await;
            self.end = Some(Err(error));
        } else if step == Step::Commit {
            self.end = Some(Ok(()));
        }
    }

    async fn take(&mut self, step: Step, begin: &[&str]) -> Result<(), Error> {
        let conn = &mut self.conn;
        match step {
            Step::Read => {
                for sql in begin {
                    batch(sql, conn).await?;
                }
                let query = products::table.find(1).select(Product::as_select());
                self.product = Some(super::cell::first(query, conn).await?);
                Ok(())
            }
            Step::Write => {
                let Some(product) = &mut self.product else { return Ok(()) };
                product.quantity += self.adds;
                if self.checked {
                    return save(product, conn).await;
                }
                let blind =
                    diesel::update(products::table.find(1)).set(products::quantity.eq(product.quantity));
                execute(blind, conn).await?;
                Ok(())
            }
            Step::Commit => Ok(batch("COMMIT", conn).await?),
        }
    }
}

/// All 20 orders in which A and B can take their three steps each: `true` is a step of A's.
fn orders() -> Vec<Vec<bool>> {
    (0_u32..64)
        .filter(|bits| bits.count_ones() == 3)
        .map(|bits| (0..6).map(|i| bits >> i & 1 == 1).collect())
        .collect()
}

/// What came of one order: who got through, and what is in the row.
async fn play(
    database: &super::cell::Database,
    begin: &[&str],
    order: &[bool],
    checked: bool,
) -> ([Result<(), Error>; 2], Product) {
    let mut actors = Vec::new();
    for adds in [100, 1000] {
        let mut conn = connect(database).await;
        batch(no_waiting(), &mut conn).await.unwrap();
        actors.push(Actor { conn, adds, checked, next: 0, product: None, end: None });
    }
    for is_a in order {
        actors[usize::from(!is_a)].step(begin).await;
    }
    let ends = actors.into_iter().map(|actor| actor.end.unwrap()).collect::<Vec<_>>();
    let row = load(1, &mut connect(database).await).await;
    (ends.try_into().unwrap(), row)
}

super::scenarios! {
    async fn no_order_of_two_checked_writers_loses_an_update_at_any_level(database) {
        assert_eq!(orders().len(), 20);
        for (level, begin) in levels() {
            let (mut won, mut stale, mut retryable) = (0, 0, 0);
            for order in orders() {
                batch("UPDATE products SET quantity = 10, version = 1 WHERE id = 1", &mut connect(database).await)
                    .await
                    .unwrap();
                let (ends, row) = play(database, begin, &order, true).await;
                let mut expected = (10, 1);
                for (end, adds) in ends.iter().zip([100, 1000]) {
                    match end {
                        Ok(()) => {
                            expected = (expected.0 + adds, expected.1 + 1);
                            won += 1;
                        }
                        Err(error) if error.is_stale() => stale += 1,
                        Err(error) => {
                            assert!(error.is_retryable(), "{level}, {order:?}: {error:?}");
                            retryable += 1;
                        }
                    }
                }
                assert_eq!((row.quantity, row.version), expected, "{level}, {order:?}: {ends:?}");
            }
            assert!(won >= 20, "{level}: in each order somebody can win, here {won} did");
            measured(format_args!(
                "{BACKEND:?} {level}: of 40 writers in 20 orders {won} won, {stale} were stale, {retryable} got a \
                 retryable database error"
            ));
        }
    }

    async fn the_same_orders_without_the_check_do_lose_updates(database) {
        // The control: were it not so, the scenario above would prove nothing.
        if BACKEND == Backend::Sqlite {
            return; // SQLite lets nobody write from an old snapshot, checked or not.
        }
        let (_, begin) = levels()[0];
        let mut lost = 0;
        for order in orders() {
            batch("UPDATE products SET quantity = 10, version = 1 WHERE id = 1", &mut connect(database).await)
                .await
                .unwrap();
            let (ends, row) = play(database, begin, &order, false).await;
            let adds: i32 = ends.iter().zip([100, 1000]).filter(|(end, _)| end.is_ok()).map(|(_, adds)| adds).sum();
            lost += i32::from(row.quantity != 10 + adds);
        }
        assert!(lost > 0);
    }
}
