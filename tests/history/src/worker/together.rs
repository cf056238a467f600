// Batches: all or nothing.

use occ_runtime::{Error, Tracked};

use super::super::cell::{delete_all, save_all, save_all_tracked};
use super::Worker;
use super::scribe::{Book, Told};
use super::tracked::Held;
use crate::fault::Level::Whole;
use crate::log::{Answer, Call, Outcome};
use crate::row::{Edits, Row};
use crate::workload::Write;

impl Worker<'_> {
    pub async fn save_all(&mut self, writes: &[Write]) -> Result<(), Error> {
        let (mut rows, mut books) =
            self.gather(writes.iter().map(|write| (write.key, write.fresh)), false).await;
        for ((row, book), write) in rows.iter_mut().zip(&mut books).zip(writes) {
            book.edit(&Edits::one(write.field, self.scribe.token()), row);
        }
        let (start, called) = (self.scribe.clock.tick(), rows.clone());
        let result = self.scribe.mishap.guard(Whole, save_all(&mut rows[..], &mut self.conn)).await;
        self.tell(Call::Save, start, &called, &rows, &books, &result);
        for (row, mut book) in rows.into_iter().zip(books) {
            if result.is_ok() {
                book.saved();
            }
            self.keep(row, book, &result, writes.first().is_some_and(|write| write.stubborn));
        }
        result
    }

    pub async fn delete_all(&mut self, keys: &[i32]) -> Result<(), Error> {
        let (rows, books) = self.gather(keys.iter().map(|key| (*key, true)), true).await;
        let start = self.scribe.clock.tick();
        let result = self.scribe.mishap.guard(Whole, delete_all(&rows[..], &mut self.conn)).await;
        self.tell(Call::Delete, start, &rows, &rows, &books, &result);
        result
    }

    /// What was written in a plain transaction is read anew, since not even the worker may know what such a value is.
    pub async fn save_all_tracked(&mut self, writes: &[Write]) -> Result<(), Error> {
        let (mut values, mut books, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
        for write in writes {
            let fresh = write.fresh || self.tracked.get(&write.key).is_some_and(|held| held.plain.is_some());
            let Ok(Held { mut value, mut book, in_doubt, .. }) = self.hold_tracked(write.key, fresh).await
            else {
                continue;
            };
            book.edit(&Edits::one(write.field, self.scribe.token()), &mut value);
            values.push(value);
            books.push(book);
            doubts.push(in_doubt);
        }
        let (start, called) = (self.scribe.clock.tick(), values.clone());
        let save = save_all_tracked(&mut values[..], &mut self.conn);
        let result = self.scribe.mishap.guard(Whole, save).await;
        let rows = |values: &[Tracked<Row>]| values.iter().map(|value| (**value).clone()).collect::<Vec<_>>();
        self.tell(Call::SaveTracked, start, &rows(&called), &rows(&values), &books, &result);
        if result.is_err() && called != values {
            let what = Answer::Failed(format!("a batch that failed has made {values:?} of {called:?}"));
            self.scribe.answered(Told { start, ..Told::of(Call::Load, called[0].id) }, what);
        }
        let is_lost = result.as_ref().is_err_and(Error::needs_new_connection);
        for ((value, mut book), was_in_doubt) in values.into_iter().zip(books).zip(doubts) {
            if result.is_ok() {
                book.saved();
            }
            let in_doubt = result.is_err() && (was_in_doubt || is_lost);
            // One that is in doubt is asked for, and of those that were refused some are tried again.
            if result.is_ok() || in_doubt || writes.first().is_some_and(|write| write.stubborn) {
                self.tracked.insert(value.id, Held { value, book, plain: None, in_doubt });
            }
        }
        result
    }

    /// Those rows that are there.
    pub async fn gather(
        &mut self,
        keys: impl Iterator<Item = (i32, bool)>,
        clean: bool,
    ) -> (Vec<Row>, Vec<Book>) {
        let (mut rows, mut books) = (Vec::new(), Vec::new());
        for (key, fresh) in keys {
            if let Ok((row, book)) = self.hold(key, fresh, clean).await {
                rows.push(row);
                books.push(book);
            }
        }
        (rows, books)
    }

    /// Logs each row of a batch.
    fn tell(
        &mut self,
        call: Call,
        start: u64,
        called: &[Row],
        after: &[Row],
        books: &[Book],
        result: &Result<(), Error>,
    ) {
        let scope = self.scribe.log.begin(None);
        for ((called, after), book) in called.iter().zip(after).zip(books) {
            let answer = match result {
                Err(Error::StaleBatch(stale))
                    if stale.rows().iter().all(|row| row.key() != called.id.to_string()) =>
                {
                    Answer::Along
                }
                result => Answer::from_result(result),
            };
            let edits = if call == Call::Delete { Edits::default() } else { book.unsaved.clone() };
            let told = Told {
                start,
                scope: Some(scope),
                edits,
                called: Some(called),
                after: Some(after),
                ..Told::of(call, called.id)
            };
            self.scribe.answered(told, answer);
        }
        let outcome = outcome(result);
        let end = self.scribe.clock.tick();
        self.scribe.log.end(scope, outcome, end);
    }
}

/// How what was to be done as one has ended.
pub fn outcome<T>(result: &Result<T, Error>) -> Outcome {
    match result {
        Ok(_) => Outcome::Committed,
        Err(error) if error.needs_new_connection() => Outcome::Unknown,
        Err(_) => Outcome::RolledBack,
    }
}
