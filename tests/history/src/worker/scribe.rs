// Logs calls, and what values in memory have on top of their rows.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;
use occ_runtime::Error;

use super::super::cell::{BACKEND, Conn, execute, first};
use crate::fault::Mishap;
use crate::log::{Answer, Call, Clock, Log, Op};
use crate::row::{Edits, Row, Token, history_rows, raw_write};

/// The log of one worker.
pub struct Scribe<'r> {
    pub worker: usize,
    pub clock: &'r Clock,
    pub tokens: &'r AtomicU32,
    pub mishap: &'r Mishap,
    pub log: Log,
}

/// A call that is over, but for its answer.
pub struct Told<'t> {
    pub start: u64,
    pub call: Call,
    pub key: i32,
    pub scope: Option<usize>,
    pub edits: Edits,
    pub called: Option<&'t Row>,
    pub after: Option<&'t Row>,
    pub unsettled: bool,
}

impl Told<'_> {
    pub fn of(call: Call, key: i32) -> Self {
        let edits = Edits::default();
        Self { start: 0, call, key, scope: None, edits, called: None, after: None, unsettled: false }
    }
}

impl Scribe<'_> {
    /// The same, with nothing in its log.
    pub fn anew(&self) -> Self {
        Self { log: Log::default(), ..*self }
    }

    pub fn token(&self) -> Token {
        self.tokens.fetch_add(1, Ordering::Relaxed)
    }

    pub fn told<T>(&mut self, told: Told<'_>, result: &Result<T, Error>) {
        self.answered(told, Answer::from_result(result));
    }

    pub fn answered(&mut self, told: Told<'_>, answer: Answer) {
        let Told { start, call, key, scope, edits, called, after, unsettled } = told;
        let (called, after) = (called.cloned(), after.cloned());
        let (worker, end) = (self.worker, self.clock.tick());
        self.log.ops.push(Op {
            worker,
            start,
            end,
            call,
            key,
            scope,
            edits,
            called,
            answer,
            after,
            unsettled,
        });
    }

    /// Reads a row.
    pub async fn read(&mut self, key: i32, scope: Option<usize>, conn: &mut Conn) -> Result<Row, Error> {
        let start = self.clock.tick();
        let row: QueryResult<Row> = first(history_rows::table.find(key).select(Row::as_select()), conn).await;
        let row = row.map_err(Error::from);
        self.told(Told { start, scope, after: row.as_ref().ok(), ..Told::of(Call::Load, key) }, &row);
        row
    }

    /// Writes as somebody does who knows nothing of versions.
    pub async fn raw(&mut self, key: i32, scope: Option<usize>, conn: &mut Conn) -> Result<(), Error> {
        let token = self.token();
        let start = self.clock.tick();
        let written = execute(diesel::sql_query(raw_write(BACKEND, key, token)), conn).await;
        let answer = match &written {
            Ok(0) => Answer::Missing,
            // SQLite counts the row once more for what the trigger does, or not: it has been written.
            Ok(_) => Answer::Done,
            Err(_) => Answer::Unknown,
        };
        let result = written.map(drop).map_err(Error::from);
        let edits = Edits { tokens: vec![token], ..Edits::default() };
        let told = Told { start, scope, edits, ..Told::of(Call::Raw, key) };
        match &result {
            Ok(()) => self.answered(told, answer),
            Err(_) => self.told(told, &result),
        }
        result
    }
}

/// What a value has on top of its row, and what of it was written in transactions that are not over.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub unsaved: Edits,
    written: Vec<Edits>,
}

impl Book {
    pub fn edit(&mut self, edits: &Edits, row: &mut Row) {
        edits.apply(row);
        self.unsaved.extend(edits);
    }

    pub fn saved(&mut self) {
        let saved = std::mem::take(&mut self.unsaved);
        if let Some(written) = self.written.last_mut() {
            written.extend(&saved);
        }
    }

    pub fn begin(&mut self) {
        self.written.push(Edits::default());
    }

    pub fn commit(&mut self) {
        if let Some(inner) = self.written.pop() {
            if let Some(outer) = self.written.last_mut() {
                outer.extend(&inner);
            }
        }
    }

    /// What was written in the innermost transaction.
    pub fn written(&self) -> Edits {
        self.written.last().cloned().unwrap_or_default()
    }

    /// What was written is only in memory again.
    pub fn roll_back(&mut self) {
        if let Some(mut written) = self.written.pop() {
            written.extend(&self.unsaved);
            self.unsaved = written;
        }
    }
}

/// What a transaction has come to that was perhaps cut short in the middle of a savepoint.
pub fn close_books(books: &mut [Book], commits: bool) {
    for book in books {
        if commits {
            book.commit();
        }
        while !book.written.is_empty() {
            book.roll_back();
        }
    }
}

pub fn begin_books(books: &mut [Book]) {
    books.iter_mut().for_each(Book::begin);
}

pub fn end_books(books: &mut [Book], commits: bool) {
    books.iter_mut().for_each(if commits { Book::commit } else { Book::roll_back });
}
