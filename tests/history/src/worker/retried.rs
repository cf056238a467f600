// Transactions of a retry loop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use diesel::result::Error as DieselError;
use occ_runtime::{Error, RetryPolicy};

use super::super::cell::{Conn, reload, retry, retry_with};
use super::Worker;
use super::begun::{ending, keys, wanted};
use super::parts::{occ_part, single_part};
use super::scribe::{Book, Scribe, Told};
use crate::fault::Level::Whole;
use crate::log::{Answer, Call, Log, Outcome};
use crate::row::Row;
use crate::workload::{Part, Transaction};

/// What the attempts of a loop have logged, each for itself.
#[derive(Default)]
struct Attempts {
    begun: AtomicUsize,
    ended: Mutex<Vec<Log>>,
}

impl Attempts {
    fn begin(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    fn end(&self, log: Log) {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(log);
    }
}

fn policy() -> RetryPolicy {
    RetryPolicy::new().deadline(Duration::from_secs(20))
}

impl Worker<'_> {
    /// Each attempt reads what it writes.
    pub async fn run(&mut self, transaction: &Transaction) -> Result<(), Error> {
        let attempts = Attempts::default();
        let (attempts_, scribe) = (&attempts, &self.scribe.anew());
        let policy = policy();
        let call = retry(&policy, &mut self.conn, async |conn| {
            attempts_.begin();
            let mut scribe = scribe.anew();
            let scope = scribe.log.begin(None);
            let done = attempt(&mut scribe, conn, transaction, scope).await;
            attempts_.end(scribe.log);
            done
        });
        let result = self.scribe.mishap.guard(Whole, call).await;
        self.put_together(attempts, ending(&result, transaction.commit), &[]);
        for (row, book) in result? {
            self.held.insert(row.id, (row, book));
        }
        Ok(())
    }

    /// Each attempt is handed what is held, and reloads it.
    pub async fn run_with(&mut self, transaction: &Transaction) -> Result<(), Error> {
        let (mut rows, _) = self.gather(keys(transaction), true).await;
        let before = rows.clone();
        let attempts = Attempts::default();
        let (attempts_, scribe) = (&attempts, &self.scribe.anew());
        let policy = policy();
        let call = retry_with(&policy, &mut self.conn, &mut rows[..], async |conn, rows| {
            attempts_.begin();
            let mut scribe = scribe.anew();
            let scope = scribe.log.begin(None);
            let done = attempt_with(&mut scribe, conn, rows, transaction, scope).await;
            attempts_.end(scribe.log);
            done
        });
        let result = self.scribe.mishap.guard(Whole, call).await;
        let handed: Vec<(Row, Row)> = before.into_iter().zip(rows.iter().cloned()).collect();
        self.put_together(attempts, ending(&result, transaction.commit), &handed);
        // Otherwise what was reloaded and edited is on the versions of before, which is no value to go on with.
        for (row, book) in rows.into_iter().zip(result?) {
            self.held.insert(row.id, (row, book));
        }
        Ok(())
    }

    fn put_together(&mut self, attempts: Attempts, outcome: Outcome, handed: &[(Row, Row)]) {
        let begun = attempts.begun.into_inner();
        let logs = attempts.ended.into_inner().unwrap_or_else(PoisonError::into_inner);
        let end = self.scribe.clock.tick();
        for (number, mut log) in (1..).zip(logs) {
            // One that was cut short has logged nothing, and those before it had failed.
            log.end(0, if number == begun { outcome } else { Outcome::RolledBack }, end);
            if number == begun {
                log.scopes[0].handed = handed.to_vec();
            }
            self.scribe.log.append(log);
        }
    }
}

async fn attempt(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    transaction: &Transaction,
    scope: usize,
) -> Result<Vec<(Row, Book)>, Error> {
    let mut rows = Vec::new();
    for (key, _) in keys(transaction) {
        match scribe.read(key, Some(scope), conn).await {
            Ok(row) => rows.push(row),
            Err(Error::Database(DieselError::NotFound)) => {}
            Err(error) => return Err(error),
        }
    }
    let books = parts(scribe, conn, &mut rows, transaction, scope).await?;
    Ok(rows.into_iter().zip(books).collect())
}

async fn attempt_with(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    rows: &mut [Row],
    transaction: &Transaction,
    scope: usize,
) -> Result<Vec<Book>, Error> {
    for row in &mut *rows {
        let start = scribe.clock.tick();
        let result = reload(row, conn).await;
        let is_gone = matches!(&result, Err(Error::Stale(stale)) if stale.is_deleted());
        let answer = if is_gone { Answer::Missing } else { Answer::from_result(&result) };
        let after = result.is_ok().then_some(&*row);
        scribe.answered(Told { start, scope: Some(scope), after, ..Told::of(Call::Load, row.id) }, answer);
        if is_gone {
            return Err(wanted());
        }
        result?;
    }
    parts(scribe, conn, rows, transaction, scope).await
}

async fn parts(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    rows: &mut [Row],
    transaction: &Transaction,
    scope: usize,
) -> Result<Vec<Book>, Error> {
    let mut books = vec![Book::default(); rows.len()];
    for part in &transaction.parts {
        scribe.mishap.may_panic();
        if matches!(part, Part::Savepoint(..)) {
            occ_part(scribe, conn, rows, &mut books, part, scope).await?;
        } else {
            single_part(scribe, conn, rows, &mut books, part, scope, true).await?;
        }
    }
    scribe.mishap.may_panic();
    if transaction.commit { Ok(books) } else { Err(wanted()) }
}
