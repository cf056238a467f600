// Calls for one row, outside of transactions.

use std::thread::yield_now;
use std::time::Duration;

use diesel::prelude::*;
use occ_runtime::{Error, RetryPolicy};

use super::super::cell::{all, delete, modify_with, touch, update};
use super::scribe::{Book, Told};
use super::{Worker, save_by};
use crate::broken::{self, Implementation};
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
        let result = save_by(self.setting.implementation, &mut row, &mut self.conn).await;
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

    pub async fn touch(&mut self, key: i32) -> Result<(), Error> {
        let (mut row, book) = self.hold(key, false, true).await?;
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let result = touch(&mut row, &mut self.conn).await;
        let told = Told { start, called: Some(&called), after: Some(&row), ..Told::of(Call::Touch, key) };
        self.scribe.told(told, &result);
        self.keep(row, book, &result, false);
        result
    }

    /// Only the version in memory is new, so the value is not held any more.
    pub async fn update(&mut self, write: Write) -> Result<(), Error> {
        let (mut row, book) = self.hold(write.key, write.fresh, true).await?;
        let mut changed = row.clone();
        let edits = Edits::one(write.field, self.scribe.token());
        edits.apply(&mut changed);
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let result = match write.field {
            Field::Tokens => update(&mut row, history_rows::tokens.eq(&changed.tokens), &mut self.conn).await,
            Field::Notes => update(&mut row, history_rows::notes.eq(&changed.notes), &mut self.conn).await,
            Field::Total => update(&mut row, history_rows::total.eq(changed.total), &mut self.conn).await,
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
        let result = delete(&row, &mut self.conn).await;
        let told = Told { start, called: Some(&row), after: Some(&row), ..Told::of(Call::Delete, key) };
        self.scribe.told(told, &result);
        if result.is_err() {
            self.keep(row, book, &result, true);
        }
        result
    }

    pub async fn modify(&mut self, write: Write) -> Result<(), Error> {
        self.held.remove(&write.key);
        let (key, clock) = (write.key, self.scribe.clock);
        let edits = Edits::one(write.field, self.scribe.token());
        // As they were read, each attempt's.
        let mut reads: Vec<(Row, u64)> = Vec::new();
        let start = clock.tick();
        let change = |row: &mut Row| {
            reads.push((row.clone(), clock.tick()));
            edits.apply(row);
        };
        let result = match self.setting.implementation {
            Implementation::Occ => {
                let policy = RetryPolicy::new().deadline(Duration::from_secs(20));
                modify_with(&policy, key, &mut self.conn, change).await
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
