// Calls for one row, outside of transactions.

use std::thread::yield_now;
use std::time::Duration;

use diesel::prelude::*;
use occ_runtime::{Error, Expect, RetryPolicy, Upserted};

use super::super::cell::{all, delete, modify_with, save_expecting, save_if, touch, update, upsert};
use super::scribe::{Book, Told};
use super::{Worker, save_by};
use crate::broken::{self, Implementation};
use crate::fault::Level::Whole;
use crate::log::{Answer, Call};
use crate::row::{Edits, Field, Row, history_rows};
use crate::workload::Write;

impl Worker<'_> {
    pub async fn load(&mut self, key: i32) -> Result<(), Error> {
        self.held.remove(&key);
        let row = self.scribe.read(key, None, &mut self.conn).await?;
        self.held.insert(key, (row, Book::default()));
        Ok(())
    }

    /// By one SELECT: the operations have the same start.
    pub async fn load_all(&mut self) -> Result<(), Error> {
        let start = self.scribe.clock.tick();
        let rows = all(history_rows::table.select(Row::as_select()), &mut self.conn).await;
        let rows: Vec<Row> = rows.map_err(Error::from)?;
        for row in &rows {
            let told = Told { start, after: Some(row), ..Told::of(Call::Load, row.id) };
            self.scribe.answered(told, Answer::Done);
        }
        Ok(())
    }

    /// What is held, or what is read now. A value that has edits is not `clean`.
    pub async fn hold(&mut self, key: i32, fresh: bool, clean: bool) -> Result<(Row, Book), Error> {
        let is_dirty = self.held.get(&key).is_none_or(|(_, book)| clean && !book.unsaved.is_empty());
        if fresh || is_dirty {
            self.load(key).await?;
            yield_now();
        }
        self.held.remove(&key).ok_or(Error::Database(diesel::result::Error::NotFound))
    }

    /// After the call: held on to, if it went well or whoever calls is stubborn.
    pub fn keep(&mut self, row: Row, book: Book, result: &Result<(), Error>, stubborn: bool) {
        if result.is_ok() || stubborn {
            self.held.insert(row.id, (row, book));
        }
    }

    pub async fn save(&mut self, write: Write, unanswered: bool) -> Result<(), Error> {
        let (mut row, mut book) = self.hold(write.key, write.fresh, false).await?;
        // What leaves no token, leaves no trace by which an unknown end could be told.
        let field = if unanswered { Field::Tokens } else { write.field };
        book.edit(&Edits::one(field, self.scribe.token()), &mut row);
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let call = save_by(self.stage.setting.implementation, &mut row, &mut self.conn);
        let result = self.scribe.mishap.guard(Whole, call).await;
        let edits = book.unsaved.clone();
        let told = Told { start, edits, called: Some(&called), ..Told::of(Call::Save, write.key) };
        if unanswered {
            self.scribe.answered(told, Answer::Unknown);
            return Ok(());
        }
        self.scribe.told(Told { after: Some(&row), ..told }, &result);
        if result.is_ok() {
            book.saved();
        }
        self.keep(row, book, &result, write.stubborn);
        result
    }

    /// With a predicate that holds for any row, or for none.
    pub async fn save_if(&mut self, write: Write, holds: bool) -> Result<(), Error> {
        let (mut row, mut book) = self.hold(write.key, write.fresh, false).await?;
        book.edit(&Edits::one(write.field, self.scribe.token()), &mut row);
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let guard = history_rows::total.ge(if holds { 0 } else { i64::MAX });
        let call = save_if(&mut row, guard, &mut self.conn);
        let result = self.scribe.mishap.guard(Whole, call).await;
        let answer = match Answer::from_result(&result) {
            Answer::Failed(_) if !holds && matches!(result, Err(Error::Guard(_))) => Answer::Guarded,
            Answer::Done if !holds => Answer::Failed("a row was saved against its guard".to_owned()),
            answer => answer,
        };
        self.end_save(write, row, book, (start, called), answer, result)
    }

    /// With the version of the value, or with one that neither the value nor any row is at.
    pub async fn save_expecting(&mut self, write: Write, right: bool) -> Result<(), Error> {
        let (mut row, mut book) = self.hold(write.key, write.fresh, false).await?;
        book.edit(&Edits::one(write.field, self.scribe.token()), &mut row);
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let expected = if right { row.version } else { -1 };
        let call = save_expecting(&mut row, &expected, &mut self.conn);
        let result = self.scribe.mishap.guard(Whole, call).await;
        let answer = match Answer::from_result(&result) {
            Answer::Stale if !right => Answer::Guarded,
            Answer::Done if !right => {
                Answer::Failed("a row was saved at another version than expected".to_owned())
            }
            answer => answer,
        };
        self.end_save(write, row, book, (start, called), answer, result)
    }

    /// Of a row that is at the version of the value, or else it is refused.
    pub async fn upsert(&mut self, write: Write) -> Result<(), Error> {
        let (mut row, mut book) = self.hold(write.key, write.fresh, false).await?;
        book.edit(&Edits::one(write.field, self.scribe.token()), &mut row);
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let expect = Expect::At(row.version);
        let result = self.scribe.mishap.guard(Whole, upsert(&mut row, expect, &mut self.conn)).await;
        let answer = match &result {
            Ok(Upserted::Inserted) => Answer::Failed("a row was inserted where one was expected".to_owned()),
            _ => Answer::from_result(&result),
        };
        self.end_save(write, row, book, (start, called), answer, result.map(drop))
    }

    fn end_save(
        &mut self,
        write: Write,
        row: Row,
        mut book: Book,
        (start, called): (u64, Row),
        answer: Answer,
        result: Result<(), Error>,
    ) -> Result<(), Error> {
        let edits = book.unsaved.clone();
        let (called, after) = (Some(&called), Some(&row));
        let told = Told { start, edits, called, after, ..Told::of(Call::Save, write.key) };
        self.scribe.answered(told, answer);
        if result.is_ok() {
            book.saved();
        }
        self.keep(row, book, &result, write.stubborn);
        result
    }

    pub async fn touch(&mut self, key: i32) -> Result<(), Error> {
        let (mut row, book) = self.hold(key, false, true).await?;
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let result = self.scribe.mishap.guard(Whole, touch(&mut row, &mut self.conn)).await;
        let told = Told { start, called: Some(&called), after: Some(&row), ..Told::of(Call::Touch, key) };
        self.scribe.told(told, &result);
        self.keep(row, book, &result, false);
        result
    }

    /// The value is the row afterwards. It is loaded anew all the same, so that what is loaded is compared with it.
    pub async fn update(&mut self, write: Write) -> Result<(), Error> {
        let (mut row, book) = self.hold(write.key, write.fresh, true).await?;
        let mut changed = row.clone();
        let edits = Edits::one(write.field, self.scribe.token());
        edits.apply(&mut changed);
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let mishap = self.scribe.mishap;
        let result = match write.field {
            Field::Tokens => {
                mishap
                    .guard(Whole, update(&mut row, history_rows::tokens.eq(&changed.tokens), &mut self.conn))
                    .await
            }
            Field::Notes => {
                mishap
                    .guard(Whole, update(&mut row, history_rows::notes.eq(&changed.notes), &mut self.conn))
                    .await
            }
            Field::Total => {
                mishap
                    .guard(Whole, update(&mut row, history_rows::total.eq(changed.total), &mut self.conn))
                    .await
            }
        };
        let told = Told {
            start,
            edits,
            called: Some(&called),
            after: Some(&row),
            ..Told::of(Call::Update, write.key)
        };
        self.scribe.told(told, &result);
        if result.is_err() {
            self.keep(row, book, &result, write.stubborn);
        }
        result
    }

    pub async fn delete(&mut self, key: i32) -> Result<(), Error> {
        let (row, book) = self.hold(key, false, true).await?;
        let start = self.scribe.clock.tick();
        let result = self.scribe.mishap.guard(Whole, delete(&row, &mut self.conn)).await;
        let told = Told { start, called: Some(&row), after: Some(&row), ..Told::of(Call::Delete, key) };
        self.scribe.told(told, &result);
        if result.is_err() {
            self.keep(row, book, &result, true);
        }
        result
    }

    pub async fn modify(&mut self, write: Write) -> Result<(), Error> {
        self.held.remove(&write.key);
        let (key, clock, mishap) = (write.key, self.scribe.clock, self.scribe.mishap);
        let edits = Edits::one(write.field, self.scribe.token());
        // As they were read, each attempt's.
        let mut reads: Vec<(Row, u64)> = Vec::new();
        let start = clock.tick();
        let change = |row: &mut Row| {
            reads.push((row.clone(), clock.tick()));
            mishap.may_panic();
            edits.apply(row);
        };
        let result = match self.stage.setting.implementation {
            Implementation::Occ => {
                let policy = RetryPolicy::new().deadline(Duration::from_secs(20));
                mishap.guard(Whole, modify_with(&policy, key, &mut self.conn, change)).await
            }
            broken => broken::modify(broken, key, &mut self.conn, change),
        };
        let last = reads.last().map(|(row, _)| {
            let mut row = row.clone();
            edits.apply(&mut row);
            row
        });
        for (row, end) in reads {
            self.scribe
                .answered(Told { start, after: Some(&row), ..Told::of(Call::Load, key) }, Answer::Done);
            // It has ended before the write began.
            if let Some(op) = self.scribe.log.ops.last_mut() {
                op.end = end;
            }
        }
        let after = result.as_ref().ok();
        let told = Told { start, edits, called: last.as_ref(), after, ..Told::of(Call::Modify, key) };
        self.scribe.told(told, &result);
        let row = result?;
        self.held.insert(key, (row, Book::default()));
        Ok(())
    }
}
