// Calls that make a row, as after a DELETE: of several that do it at once, one makes it.

use std::sync::atomic::Ordering;

use diesel::prelude::*;
use occ_runtime::{Created, Error};

use super::super::cell::{create_if_absent, execute, insert};
use super::Worker;
use super::scribe::{Book, Told};
use crate::fault::Level::Whole;
use crate::log::{Answer, Call};
use crate::row::{Newborn, Row, UNBORN, history_rows};

impl Worker<'_> {
    fn born(&self, key: i32) -> Row {
        Row::born(key, self.stage.lives.fetch_add(1, Ordering::SeqCst), self.scribe.token())
    }

    /// A plain INSERT, with a version of the caller's.
    pub async fn create(&mut self, key: i32) -> Result<(), Error> {
        let row = self.born(key);
        let start = self.scribe.clock.tick();
        let inserted = execute(diesel::insert_into(history_rows::table).values(&row), &mut self.conn).await;
        let result = inserted.map(drop).map_err(Error::from);
        let answer = Answer::from_result(&result);
        self.end_birth(Call::Create, start, row, answer, result)
    }

    /// A value that has its version from occ, and only if it is made.
    pub async fn insert(&mut self, key: i32) -> Result<(), Error> {
        let row = self.born(key);
        let mut new = Newborn::of(&row);
        let start = self.scribe.clock.tick();
        let result = self.scribe.mishap.guard(Whole, insert(&mut new, &mut self.conn)).await;
        let expected = if result.is_ok() { row.version } else { UNBORN };
        let answer = if new.version == expected {
            Answer::from_result(&result)
        } else {
            Answer::Failed(format!("a new row is at version {} in memory after {result:?}", new.version))
        };
        self.end_birth(Call::Insert, start, row, answer, result)
    }

    /// What is there already, is a read.
    pub async fn create_if_absent(&mut self, key: i32) -> Result<(), Error> {
        let row = self.born(key);
        let new = Newborn::of(&row);
        let values = (
            history_rows::id.eq(new.id),
            history_rows::tokens.eq(&new.tokens),
            history_rows::notes.eq(&new.notes),
            history_rows::total.eq(new.total),
        );
        let start = self.scribe.clock.tick();
        let call = create_if_absent::<Newborn, _, _>(values, key, &mut self.conn);
        let result = self.scribe.mishap.guard(Whole, call).await;
        let (answer, result) = match result {
            Ok(Created::New(made)) if Row::from(made.clone()) != row => {
                (Answer::Failed(format!("{made:?} was made where {row:?} was to be")), Ok(()))
            }
            Ok(Created::Existing(found)) => {
                let found = Row::from(found);
                let told = Told { start, after: Some(&found), ..Told::of(Call::Load, key) };
                self.scribe.answered(told, Answer::Done);
                self.held.insert(key, (found, Book::default()));
                (Answer::Exists, Ok(()))
            }
            result => (Answer::from_result(&result), result.map(drop)),
        };
        self.end_birth(Call::CreateIfAbsent, start, row, answer, result)
    }

    fn end_birth(
        &mut self,
        call: Call,
        start: u64,
        row: Row,
        answer: Answer,
        result: Result<(), Error>,
    ) -> Result<(), Error> {
        let is_made = answer == Answer::Done;
        let (called, after) = (Some(&row), Some(&row));
        self.scribe.answered(Told { start, called, after, ..Told::of(call, row.id) }, answer);
        if is_made {
            self.held.insert(row.id, (row, Book::default()));
        }
        result
    }
}
