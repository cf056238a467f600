// Transactions: occ's, and Diesel's own.

use std::thread::yield_now;

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use occ_runtime::Error;

use super::super::cell::{begin, commit, rollback, transaction};
use super::Worker;
use super::parts::{occ_part, plain_part, tracked_part};
use super::scribe::{begin_books, close_books};
use super::tracked::{self, Held, Saved};
use crate::fault::Level;
use crate::log::Outcome;
use crate::row::{Edits, Row};
use crate::workload::{Part, Style, Transaction};

/// Whoever began the transaction wants it rolled back.
pub fn wanted() -> Error {
    Error::Database(DieselError::RollbackTransaction)
}

pub fn is_wanted(error: &Error) -> bool {
    matches!(error, Error::Database(DieselError::RollbackTransaction))
}

impl Worker<'_> {
    pub async fn transaction(&mut self, transaction: &Transaction) -> Result<(), Error> {
        let result = match transaction.style {
            Style::Optimistic => self.optimistic(transaction).await,
            Style::OptimisticTracked => self.optimistic_tracked(transaction).await,
            Style::OptimisticCaptured => self.optimistic_captured(transaction).await,
            Style::Plain => self.plain(transaction).await,
            Style::Run => self.run(transaction).await,
            Style::RunWith => self.run_with(transaction).await,
            Style::WithChildren => self.with_children(transaction).await,
        };
        if result.as_ref().is_err_and(is_wanted) { Ok(()) } else { result }
    }

    /// `optimistic_transaction` that is handed what is held.
    async fn optimistic(&mut self, transaction_: &Transaction) -> Result<(), Error> {
        let (mut rows, mut books) = self.gather(keys(transaction_), false).await;
        let before = rows.clone();
        let scope = self.scribe.log.begin(None);
        let scribe = &mut self.scribe;
        let mishap = scribe.mishap;
        let mut is_at_end = false;
        begin_books(&mut books);
        let call = transaction(&mut self.conn, &mut rows[..], async |conn, rows| {
            for part in &transaction_.parts {
                mishap.may_panic();
                let done = occ_part(scribe, conn, rows, &mut books, part, scope).await;
                may_go_on(done, transaction_.careless)?;
            }
            mishap.may_panic();
            is_at_end = transaction_.commit;
            if transaction_.commit { Ok(()) } else { Err(wanted()) }
        });
        let result: Result<(), Error> = mishap.guard(Level::Whole, call).await;
        close_books(&mut books, result.is_ok());
        let handed = before.into_iter().zip(rows.iter().cloned()).collect();
        self.ended(scope, ending(&result, is_at_end), handed);
        for (row, book) in rows.into_iter().zip(books) {
            self.held.insert(row.id, (row, book));
        }
        result
    }

    /// The same with one tracked value.
    async fn optimistic_tracked(&mut self, transaction_: &Transaction) -> Result<(), Error> {
        let Some((key, fresh)) = keys(transaction_).next() else { return Ok(()) };
        let mut held = self.hold_settled(key, fresh).await?;
        let before = (*held.value).clone();
        let scope = self.scribe.log.begin(None);
        let mishap = self.scribe.mishap;
        let scribe = &mut self.scribe;
        let mut is_at_end = false;
        let Held { value, book, plain, in_doubt } = &mut held;
        book.begin();
        let (was_in_plain, was_in_doubt) = (plain.is_some(), *in_doubt);
        let call = transaction(&mut self.conn, &mut *value, async |conn, value| {
            for part in &transaction_.parts {
                mishap.may_panic();
                let (book, plain, in_doubt) = (&mut *book, &mut *plain, &mut *in_doubt);
                let lent = Saved { value: &mut *value, book, plain, in_doubt };
                let done = tracked_part(scribe, conn, lent, part, scope).await;
                may_go_on(done, transaction_.careless)?;
            }
            mishap.may_panic();
            is_at_end = transaction_.commit;
            if transaction_.commit { Ok(()) } else { Err(wanted()) }
        });
        let result: Result<(), Error> = mishap.guard(Level::Whole, call).await;
        close_books(std::slice::from_mut(&mut held.book), result.is_ok());
        let outcome = ending(&result, is_at_end);
        let is_lost = result.as_ref().is_err_and(Error::needs_new_connection);
        held.in_doubt |= is_lost || (was_in_doubt && result.is_err());
        // One that was not settled before may have got an older version back, which is right.
        let handed = if was_in_plain { Vec::new() } else { vec![(before, (*held.value).clone())] };
        self.ended(scope, outcome, handed);
        self.tracked.insert(key, held);
        result
    }

    /// The same, but the value is not handed over: it hears itself how the transaction has ended.
    async fn optimistic_captured(&mut self, transaction_: &Transaction) -> Result<(), Error> {
        let Some((key, fresh)) = keys(transaction_).next() else { return Ok(()) };
        let mut held = self.hold_settled(key, fresh).await?;
        let scope = self.scribe.log.begin(None);
        let mishap = self.scribe.mishap;
        let scribe = &mut self.scribe;
        let mut is_at_end = false;
        held.book.begin();
        let was_in_plain = held.plain.is_some();
        let (mut nobody, lent): ([Row; 0], _) = ([], &mut held);
        let call = transaction(&mut self.conn, &mut nobody[..], async |conn, _: &mut [Row]| {
            for part in &transaction_.parts {
                mishap.may_panic();
                lent.may_be_written_in_plain(part);
                let done = tracked_part(scribe, conn, lent.parts(), part, scope).await;
                may_go_on(done, transaction_.careless)?;
            }
            mishap.may_panic();
            is_at_end = transaction_.commit;
            if transaction_.commit { Ok(()) } else { Err(wanted()) }
        });
        let result: Result<(), Error> = mishap.guard(Level::Whole, call).await;
        let outcome = ending(&result, is_at_end);
        held.in_doubt |= result.as_ref().is_err_and(Error::needs_new_connection);
        held.transaction_ends(outcome);
        if result.is_ok() && !was_in_plain {
            held.plain = None;
        }
        self.ended(scope, outcome, Vec::new());
        self.tracked.insert(key, held);
        result
    }

    /// Diesel's own: after a rollback plain values are ahead of their rows, and tracked ones look after it.
    async fn plain(&mut self, transaction: &Transaction) -> Result<(), Error> {
        let (mut rows, mut books) = self.gather(keys(transaction), false).await;
        let mut tracked: Vec<Held> = Vec::new();
        if let Some((key, _)) = keys(transaction).next().filter(|(key, _)| self.tracked.contains_key(key)) {
            tracked.extend(self.hold_settled(key, false).await.ok());
        }
        begin(&mut self.conn).await?;
        let scope = self.scribe.log.begin(None);
        for held in &mut tracked {
            held.book.begin();
        }
        let (scribe, conn) = (&mut self.scribe, &mut self.conn);
        let mut done = Ok(());
        for part in &transaction.parts {
            done = match (part, tracked.first_mut()) {
                (Part::Save(write), Some(held)) if write.stubborn && write.key == held.value.id => {
                    held.may_be_written_in_plain(part);
                    let edits = Edits::one(write.field, scribe.token());
                    tracked::save(scribe, conn, held.parts(), &edits, Some(scope), Level::Within).await
                }
                _ => plain_part(scribe, conn, &mut rows, &mut books, part, scope).await,
            };
            done = may_go_on(done, transaction.careless);
            if done.is_err() {
                break;
            }
        }
        let is_at_end = done.is_ok() && transaction.commit;
        let result = match done {
            Ok(()) if transaction.commit => commit(conn).await.map_err(Error::from),
            done => {
                let rolled_back = rollback(conn).await;
                self.is_spoilt = rolled_back.is_err();
                ended(done, rolled_back)
            }
        };
        // Diesel leaves a transaction open that it could not commit.
        self.is_spoilt |= is_at_end && result.is_err();
        let outcome = ending(&result, is_at_end);
        self.ended(scope, outcome, Vec::new());
        for mut held in tracked {
            held.transaction_ends(outcome);
            // It is to look what has become of it, and to write its edits again.
            let again = transaction.careless && held.plain.is_some() && !held.book.unsaved.is_empty();
            if again && result.as_ref().is_err_and(is_wanted) && !self.is_spoilt {
                yield_now();
                let (scribe, none) = (&mut self.scribe, Edits::default());
                // What it was, is in the log.
                let _ = tracked::save(scribe, &mut self.conn, held.parts(), &none, None, Level::Whole).await;
            }
            self.tracked.insert(held.value.id, held);
        }
        if result.is_ok() {
            for (row, book) in rows.into_iter().zip(books) {
                self.held.insert(row.id, (row, book));
            }
        }
        result
    }

    pub fn ended(&mut self, scope: usize, outcome: Outcome, handed: Vec<(Row, Row)>) {
        let end = self.scribe.clock.tick();
        self.scribe.log.end(scope, outcome, end);
        self.scribe.log.scopes[scope].handed = handed;
    }
}

/// How a transaction has ended. Nobody can have committed what has not come to its end.
pub fn ending<T>(result: &Result<T, Error>, is_at_end: bool) -> Outcome {
    match result {
        Ok(_) => Outcome::Committed,
        Err(error) if is_at_end && error.needs_new_connection() => Outcome::Unknown,
        Err(_) => Outcome::RolledBack,
    }
}

/// What has become of a transaction that was rolled back: what went wrong first.
pub fn ended(done: Result<(), Error>, rolled_back: QueryResult<()>) -> Result<(), Error> {
    done?;
    rolled_back?;
    Err(wanted())
}

/// The rows that are written through a value, each once; and whether to read them before.
pub fn keys(transaction: &Transaction) -> impl Iterator<Item = (i32, bool)> + use<> {
    let mut keys: Vec<(i32, bool)> = Vec::new();
    let mut add = |key, fresh| {
        if keys.iter().all(|(other, _)| *other != key) {
            keys.push((key, fresh));
        }
    };
    for part in &transaction.parts {
        match part {
            Part::Load(_) | Part::Raw(_) => {}
            Part::Touch(key) | Part::Lock(key) => add(*key, true),
            Part::Save(write) => add(write.key, write.fresh),
            Part::Savepoint(writes, _) => writes.iter().for_each(|write| add(write.key, write.fresh)),
        }
    }
    keys.into_iter()
}

/// A conflict is no end for the careless; what the database refuses is.
pub fn may_go_on(done: Result<(), Error>, careless: bool) -> Result<(), Error> {
    match done {
        Err(Error::Stale(_)) if careless => Ok(()),
        Err(Error::Database(DieselError::NotFound)) => Ok(()),
        done => done,
    }
}
