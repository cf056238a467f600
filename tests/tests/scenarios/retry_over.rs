//! A retried closure that ignores an error, and whose transaction is over or aborted then: nobody is told that it is committed.

use diesel::result::Error as DieselError;
use occ_runtime::retry::{Failure, RetryError};
use occ_runtime::{Error, RetryPolicy};
use occ_tests::cell::Backend;
use occ_tests::report::measured;

use super::cell::{BACKEND, batch, begin, commit, connect, record, retry, retry_with, rollback, save};
use super::product::load;
use super::retry::at_once;

/// What ends the transaction or makes it fail, and whether it keeps what was saved in it.
fn ends() -> Vec<(&'static str, bool)> {
    let mut ends = vec![("ROLLBACK", false), ("COMMIT", true), ("ROLLBACK; BEGIN", false)];
    match BACKEND {
        Backend::Postgres => {
            ends.pop(); // What only a program does by itself, and nobody is told by its savepoint.
            ends.extend([("SELECT 1 / 0", false), ("INSERT INTO products SELECT * FROM products", false)]);
        }
        Backend::Sqlite => ends.push(("INSERT OR ROLLBACK INTO products SELECT * FROM products", false)),
        Backend::Mysql => ends.push(("CREATE TABLE others (id INTEGER)", true)),
    }
    ends
}

/// An error of the user's own that keeps Diesel's.
#[derive(Debug)]
struct Own(DieselError);

impl From<DieselError> for Own {
    fn from(error: DieselError) -> Self {
        Self(error)
    }
}

impl RetryError for Own {
    fn failure(&mut self) -> Option<Failure<'_>> {
        self.0.failure()
    }
}

super::scenarios! {
    async fn a_retried_closure_that_ignores_the_end_of_its_transaction_has_not_committed(database) {
        for (end, is_kept) in ends() {
            let conn = &mut connect(database).await;
            let before = load(1, conn).await;
            let outcome: Result<(), Error> = retry(&at_once(), conn, async |conn| {
                save(&mut load(1, conn).await, conn).await?;
                let _ = batch(end, conn).await;
                Ok(())
            })
            .await;
            assert!(matches!(outcome, Err(Error::TransactionAborted(_))), "{end}: {outcome:?}");
            let other = &mut connect(database).await;
            assert_eq!(load(1, other).await.version, before.version + i32::from(is_kept), "{end}");
            // The connection goes on, and what is saved on it is there for others.
            let mut product = load(1, conn).await;
            save(&mut product, conn).await.unwrap();
            assert_eq!(load(1, other).await, product, "{end}");
            let _ = batch("DROP TABLE others", conn).await;
        }
    }

    async fn a_value_is_put_back_after_a_retried_closure_that_ignores_the_end_of_its_transaction(database) {
        for (end, is_kept) in ends() {
            let conn = &mut connect(database).await;
            let mut product = load(1, conn).await;
            let before = product.clone();
            let outcome: Result<(), Own> = retry_with(&at_once(), conn, &mut product, async |conn, product| {
                save(product, conn).await.map_err(DieselError::from)?;
                let _ = batch(end, conn).await;
                Ok(())
            })
            .await;
            let Err(Own(error)) = outcome else { panic!("{end}: {outcome:?}") };
            assert!(matches!(Error::from(error), Error::TransactionAborted(_)), "{end}");
            assert_eq!(product, before, "{end}");
            if is_kept {
                assert!(save(&mut product, conn).await.unwrap_err().is_stale(), "{end}");
            } else {
                save(&mut product, conn).await.unwrap();
            }
            let _ = batch("DROP TABLE others", conn).await;
        }
    }

    async fn a_transaction_that_a_retried_closure_leaves_open_or_ends_is_not_taken_for_its_own(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let left_open: Result<(), Error> = retry_with(&at_once(), conn, &mut product, async |conn, product| {
            begin(conn).await?;
            save(product, conn).await
        })
        .await;
        assert!(matches!(left_open, Err(Error::TransactionAborted(_))), "{left_open:?}");
        let ended: Result<(), Error> = retry_with(&at_once(), conn, &mut product, async |conn, product| {
            save(product, conn).await?;
            Ok(rollback(conn).await?)
        })
        .await;
        assert!(matches!(ended, Err(Error::TransactionAborted(_))), "{ended:?}");
        assert_eq!((product.version, load(1, &mut connect(database).await).await.version), (1, 1));
        save(&mut product, conn).await.unwrap();
        assert_eq!(load(1, &mut connect(database).await).await.version, 2);
    }

    async fn an_error_that_is_ignored_and_ends_no_transaction_is_the_closures_business(database) {
        let conn = &mut connect(database).await;
        let committed: Result<(), Error> = retry(&at_once(), conn, async |conn| {
            begin(conn).await?;
            assert!(batch("INSERT INTO products SELECT * FROM products", conn).await.is_err());
            rollback(conn).await?;
            save(&mut load(1, conn).await, conn).await
        })
        .await;
        committed.unwrap();
        assert_eq!(load(1, &mut connect(database).await).await.version, 2);
    }

    async fn a_closure_may_choose_its_isolation_level(database) {
        if BACKEND != Backend::Postgres || super::cell::KNOWN_AS != Backend::Postgres {
            return; // Elsewhere that is for the next transaction.
        }
        let conn = &mut connect(database).await;
        let committed: Result<(), Error> = retry(&RetryPolicy::new(), conn, async |conn| {
            batch("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", conn).await?;
            save(&mut load(1, conn).await, conn).await
        })
        .await;
        committed.unwrap();
    }

    async fn what_a_retried_closure_sends_besides_its_own_statements(database) {
        let conn = &mut connect(database).await;
        let recorder = record(conn);
        let outcome: Result<(), Error> = retry(&at_once(), conn, async |_| Ok(())).await;
        outcome.unwrap();
        let sent = recorder.take();
        begin(conn).await.unwrap();
        commit(conn).await.unwrap();
        let plain = recorder.take();
        measured(format_args!("{BACKEND:?}: a retried closure sends {sent:?}, a plain transaction {plain:?}"));
        let more = if super::cell::KNOWN_AS == Backend::Postgres { 1 } else { 2 };
        assert_eq!(sent.len(), plain.len() + more);
    }
}
