// Calls that are given a key and a version, and no value. What the row is then, the worker knows by itself.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock as _};

use super::super::cell::{delete, delete_at, restore_at, touch_at, update_at};
use super::Worker;
use super::scribe::Told;
use crate::fault::Level::Whole;
use crate::log::Call;
use crate::row::{Edits, Field, Marked, Row, history_rows};
use crate::workload::Write;

impl Worker<'_> {
    pub async fn touch_at(&mut self, key: i32) -> Result<(), Error> {
        let (mut row, book) = self.hold(key, false, true).await?;
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let at = Row::at(key, row.version);
        let next = self.scribe.mishap.guard(Whole, touch_at(at, &mut self.conn)).await;
        let result = next.map(|next| row.version = next);
        let told = Told { start, called: Some(&called), after: Some(&row), ..Told::of(Call::Touch, key) };
        self.scribe.told(told, &result);
        self.keep(row, book, &result, false);
        result
    }

    /// A deletion by a mark; of a row that has it, what undoes that. Each is a write that changes nothing which others have.
    pub async fn hide(&mut self, key: i32) -> Result<(), Error> {
        let (mut row, book) = self.hold(key, false, true).await?;
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let marked = Marked { id: key, hidden: false, version: row.version };
        let conn = &mut self.conn;
        let hide = async {
            match delete(&marked, conn).await {
                Err(Error::Stale(stale)) if stale.is_deleted() => {
                    restore_at(Marked::at(key, marked.version), conn).await
                }
                hidden => hidden.map(|()| marked.version + 1),
            }
        };
        let next = self.scribe.mishap.guard(Whole, hide).await;
        let result = next.map(|next| row.version = next);
        let told = Told { start, called: Some(&called), after: Some(&row), ..Told::of(Call::Touch, key) };
        self.scribe.told(told, &result);
        self.keep(row, book, &result, false);
        result
    }

    pub async fn update_at(&mut self, write: Write) -> Result<(), Error> {
        let (mut row, book) = self.hold(write.key, write.fresh, true).await?;
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let (edits, mut changed) = (Edits::one(write.field, self.scribe.token()), row.clone());
        edits.apply(&mut changed);
        let (at, mishap, conn) = (Row::at(write.key, row.version), self.scribe.mishap, &mut self.conn);
        let next = match write.field {
            Field::Tokens => {
                mishap.guard(Whole, update_at(at, history_rows::tokens.eq(&changed.tokens), conn)).await
            }
            Field::Notes => {
                mishap.guard(Whole, update_at(at, history_rows::notes.eq(&changed.notes), conn)).await
            }
            Field::Total => {
                mishap.guard(Whole, update_at(at, history_rows::total.eq(changed.total), conn)).await
            }
        };
        let result = next.map(|next| row = Row { version: next, ..changed });
        let told = Told {
            start,
            edits,
            called: Some(&called),
            after: Some(&row),
            ..Told::of(Call::Update, write.key)
        };
        self.scribe.told(told, &result);
        self.keep(row, book, &result, write.stubborn);
        result
    }

    pub async fn delete_at(&mut self, key: i32) -> Result<(), Error> {
        let (row, book) = self.hold(key, false, true).await?;
        let start = self.scribe.clock.tick();
        let at = Row::at(key, row.version);
        let result = self.scribe.mishap.guard(Whole, delete_at(at, &mut self.conn)).await;
        let told = Told { start, called: Some(&row), after: Some(&row), ..Told::of(Call::Delete, key) };
        self.scribe.told(told, &result);
        if result.is_err() {
            self.keep(row, book, &result, true);
        }
        result
    }
}
