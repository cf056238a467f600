// Tracked values: saved by what was changed, and merged.

use std::thread::yield_now;

use diesel::prelude::*;
use occ_runtime::conflict::Saved as Merged;
use occ_runtime::{Choice, Error, Tracked};

use super::super::cell::{Conn, first, rebase, rebase_with, reload_tracked, save_merging_with, save_tracked};
use super::Worker;
use super::scribe::{Book, Scribe, Told, close_books};
use crate::fault::Level;
use crate::log::{Answer, Call, Outcome};
use crate::row::{Edits, Field, Row, history_rows, tokens};
use crate::workload::{Part, Refused, Write};

/// A tracked value.
pub struct Held {
    pub value: Tracked<Row>,
    pub book: Book,
    /// Written in a plain transaction, whose end the value has not heard of.
    pub plain: Option<Plain>,
    /// Something was sent, and the answer was lost.
    pub in_doubt: bool,
}

/// A plain transaction that the value was written in.
#[derive(Clone, Default)]
pub struct Plain {
    /// The version before it.
    pub before: i64,
    /// What was written in it, if nobody knows how it has ended.
    pub unknown: Option<Edits>,
}

/// The same, where the value is lent to a transaction.
pub struct Saved<'h> {
    pub value: &'h mut Tracked<Row>,
    pub book: &'h mut Book,
    pub plain: &'h mut Option<Plain>,
    pub in_doubt: &'h mut bool,
}

impl Held {
    fn new(value: Tracked<Row>) -> Self {
        Self { value, book: Book::default(), plain: None, in_doubt: false }
    }

    /// This part of a transaction, whose end it is not told, may write it.
    pub fn may_be_written_in_plain(&mut self, part: &Part) {
        if matches!(part, Part::Save(_)) && self.plain.is_none() {
            self.plain = Some(Plain { before: self.value.version, unknown: None });
        }
    }

    /// That transaction is over.
    pub fn transaction_ends(&mut self, outcome: Outcome) {
        let written = self.book.written();
        close_books(std::slice::from_mut(&mut self.book), outcome == Outcome::Committed);
        if let (Outcome::Unknown, Some(plain)) = (outcome, &mut self.plain) {
            plain.unknown = Some(written);
            self.in_doubt = true;
        }
    }

    /// What it has on top of its row, of all that was not saved.
    fn mine(&self) -> Edits {
        between(self.value.original(), &self.value).of_sums(&self.book.unsaved.sums)
    }

    /// What a save needs of it.
    pub fn parts(&mut self) -> Saved<'_> {
        let Self { value, book, plain, in_doubt } = self;
        Saved { value, book, plain, in_doubt }
    }

    /// It was written in a plain transaction whose end not even the worker knows.
    fn is_unknown(&self) -> bool {
        self.plain.as_ref().is_some_and(|plain| plain.unknown.is_some())
    }
}

impl Worker<'_> {
    pub async fn load_tracked(&mut self, key: i32) -> Result<(), Error> {
        self.tracked.remove(&key);
        let start = self.scribe.clock.tick();
        let select = history_rows::table.find(key).select(Tracked::<Row>::as_select());
        let value: Result<Tracked<Row>, Error> = first(select, &mut self.conn).await.map_err(Error::from);
        let after = value.as_ref().ok().map(|value| &**value);
        self.scribe.told(Told { start, after, ..Told::of(Call::Load, key) }, &value);
        self.tracked.insert(key, Held::new(value?));
        Ok(())
    }

    pub async fn hold_tracked(&mut self, key: i32, fresh: bool) -> Result<Held, Error> {
        if fresh || !self.tracked.contains_key(&key) {
            self.load_tracked(key).await?;
            yield_now();
        }
        self.tracked.remove(&key).ok_or(Error::Database(diesel::result::Error::NotFound))
    }

    /// To be written in a transaction.
    pub async fn hold_settled(&mut self, key: i32, fresh: bool) -> Result<Held, Error> {
        let fresh = fresh || self.tracked.get(&key).is_some_and(Held::is_unknown);
        self.hold_tracked(key, fresh).await
    }

    pub async fn save_tracked(&mut self, write: Write, refused: Refused) -> Result<(), Error> {
        let mut held = self.hold_tracked(write.key, write.fresh).await?;
        let edits = Edits::one(write.field, self.scribe.token());
        let mut result =
            save(&mut self.scribe, &mut self.conn, held.parts(), &edits, None, Level::Whole).await;
        if result.as_ref().is_err_and(Error::is_stale) {
            match refused {
                Refused::Keep => {}
                Refused::Reload => result = self.reload(&mut held).await,
                Refused::Merge if !held.in_doubt && held.plain.is_none() => {
                    result = self.merge(&mut held).await;
                }
                Refused::Rebase | Refused::Merge => {
                    result = self.rebase(&mut held).await;
                    if result.is_ok() && !held.book.unsaved.is_empty() {
                        let (scribe, none) = (&mut self.scribe, Edits::default());
                        result = save(scribe, &mut self.conn, held.parts(), &none, None, Level::Whole).await;
                    }
                }
            }
        }
        self.tracked.insert(write.key, held);
        result
    }

    /// After an answer was lost: nobody may have written since, but perhaps this worker.
    pub async fn write_what_is_in_doubt(&mut self) {
        let in_doubt = |(key, held): (&i32, &Held)| held.in_doubt.then_some(*key);
        if let Some(key) = self.tracked.iter().find_map(in_doubt) {
            let write = Write { key, field: Field::Notes, fresh: false, stubborn: true };
            // What it was, is in the log; and no connection is lost but by a fault, which the next step will hear of.
            let _ = self.save_tracked(write, Refused::Rebase).await;
        }
    }

    async fn reload(&mut self, held: &mut Held) -> Result<(), Error> {
        let (start, key) = (self.scribe.clock.tick(), held.value.id);
        let called = held.value.clone();
        let call = reload_tracked(&mut held.value, &mut self.conn);
        let result = self.scribe.mishap.guard(Level::Whole, call).await;
        let after = result.is_ok().then_some(&*held.value);
        // A row that is gone is stale for a reload, and missing for the checker.
        let answer = match Answer::from_result(&result) {
            Answer::Stale => Answer::Missing,
            answer => answer,
        };
        if result.is_err() && held.value != called {
            let what = "a reload that failed has changed the value".to_owned();
            self.scribe.answered(Told { start, ..Told::of(Call::Load, key) }, Answer::Failed(what));
        } else {
            self.scribe.answered(Told { start, after, ..Told::of(Call::Load, key) }, answer);
        }
        if result.is_ok() {
            (held.book, held.plain, held.in_doubt) = (Book::default(), None, false);
        }
        result
    }

    /// What both have changed is theirs. If nothing of mine is left, it is a read.
    async fn merge(&mut self, held: &mut Held) -> Result<(), Error> {
        let (start, before) = (self.scribe.clock.tick(), held.value.clone());
        let choose = |_: &str, _: &Row, _: &Row, _: &Row| Choice::Theirs;
        let result = save_merging_with(&mut held.value, choose, &mut self.conn).await;
        let told = Told {
            start,
            called: Some(&*before),
            after: Some(&*held.value),
            ..Told::of(Call::SaveTracked, before.id)
        };
        let saved = match result {
            Ok(saved) => saved,
            Err(error) => {
                let answer = match &error {
                    _ if before != held.value => {
                        Answer::Failed(format!("a merge that failed has made {:?} of {before:?}", held.value))
                    }
                    // Whatever version it is at, it can be merged with, unless it is gone.
                    Error::Stale(stale) if stale.is_deleted() => Answer::Missing,
                    error if error.is_stale() => Answer::Failed(error.to_string()),
                    error => Answer::of(error),
                };
                self.scribe.answered(told, answer);
                return Err(error);
            }
        };
        let after = (*held.value).clone();
        let edits = std::mem::take(&mut held.book.unsaved).of_those_in(&after);
        if edits.is_empty() {
            self.scribe.answered(Told { called: None, ..Told { call: Call::Load, ..told } }, Answer::Done);
        } else if held.value.is_dirty() || saved == Merged::Unchanged {
            let what = format!("a merge has answered {saved:?} and made {:?} of {before:?}", held.value);
            self.scribe.answered(Told { edits, ..told }, Answer::Failed(what));
        } else {
            // The row that it was based on in the end nobody else has seen.
            let base = Row { version: after.version - 1, ..after.clone() };
            self.scribe.answered(Told { edits, called: Some(&base), ..told }, Answer::Done);
        }
        Ok(())
    }

    /// What both have changed is theirs, if nobody else decides.
    async fn rebase(&mut self, held: &mut Held) -> Result<(), Error> {
        let conn = &mut self.conn;
        let (key, mishap) = (held.value.id, self.scribe.mishap);
        for ask in [false, true] {
            let (start, before) = (self.scribe.clock.tick(), held.value.clone());
            let result = if ask {
                let choose = |_: &str, _: &Row, _: &Row, _: &Row| {
                    mishap.may_panic();
                    Choice::Theirs
                };
                mishap.guard(Level::Whole, rebase_with(&mut held.value, conn, choose)).await
            } else {
                mishap.guard(Level::Whole, rebase(&mut held.value, conn)).await
            };
            let edits = held.book.unsaved.clone();
            let (called, after) = (Some(&*before), Some(&*held.value));
            let unsettled = held.plain.is_some();
            let mut answer = match Answer::from_result(&result) {
                // The row is gone.
                Answer::Stale => Answer::Missing,
                answer => answer,
            };
            if result.is_err() && before != held.value {
                answer =
                    Answer::Failed(format!("a rebase that failed has made {:?} of {before:?}", held.value));
            }
            self.scribe.answered(
                Told { start, edits, called, after, unsettled, ..Told::of(Call::Rebase, key) },
                answer,
            );
            match result {
                Ok(()) => {
                    let (row, mine) = (held.value.original().clone(), held.mine());
                    let told = Told { start, after: Some(&row), ..Told::of(Call::Load, key) };
                    if is_merge(held, &before, &row, &mine, ask) {
                        self.scribe.answered(told, Answer::Done);
                    } else {
                        let what =
                            format!("a rebase has made {} of {row} and{}", *held.value, held.book.unsaved);
                        self.scribe.answered(told, Answer::Failed(what));
                    }
                    held.book.unsaved = mine;
                    (held.plain, held.in_doubt) = (None, false);
                    return Ok(());
                }
                Err(Error::Unmerged(_)) if !ask => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// What is merged is their row and my edits; without a choice none of mine is gone.
fn is_merge(held: &Held, before: &Row, row: &Row, mine: &Edits, ask: bool) -> bool {
    let mut merged = row.clone();
    mine.apply(&mut merged);
    if !merged.has_content_of(&held.value) {
        return false;
    }
    if ask || *mine == held.book.unsaved {
        return true;
    }
    // Of what was sent perhaps, what is in the row is to be added no more, and the rest is to be kept.
    let unsaved = &held.book.unsaved;
    let is_there = |token| merged.all_tokens().any(|other| other == token);
    let is_mine = mine.listed().all(|token| unsaved.listed().any(|other| other == token));
    let may_add = row.version == before.version || mine.total == 0;
    held.in_doubt && is_mine && unsaved.listed().all(is_there) && may_add
}

/// Edits, saves and logs.
pub async fn save(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    held: Saved<'_>,
    edits: &Edits,
    scope: Option<usize>,
    level: Level,
) -> Result<(), Error> {
    let Saved { value, book, plain, in_doubt } = held;
    book.edit(edits, value);
    let (start, before) = (scribe.clock.tick(), value.clone());
    let result = scribe.mishap.guard(level, save_tracked(value, conn)).await;
    let mut answer = Answer::from_result(&result);
    if result.is_err() && before != *value {
        answer = Answer::Failed(format!("a save that failed has made {:?} of {before:?}", *value));
    }
    let told = Told {
        start,
        scope,
        edits: book.unsaved.clone(),
        called: Some(&*before),
        after: Some(&**value),
        unsettled: plain.is_some(),
        ..Told::of(Call::SaveTracked, value.id)
    };
    match &*plain {
        Some(plain) if scope.is_none() => tell(scribe, told, answer, plain),
        _ => scribe.answered(told, answer),
    }
    *in_doubt |= result.as_ref().is_err_and(Error::needs_new_connection);
    if result.is_ok() {
        book.saved();
        *in_doubt = false;
        if scope.is_none() {
            *plain = None;
        }
    }
    result
}

/// Of a value that looks after a plain transaction first: if that has committed, it writes only what is new; otherwise it writes
/// from the version before.
fn tell(scribe: &mut Scribe<'_>, told: Told<'_>, answer: Answer, plain: &Plain) {
    // Else it goes on from the version before all that was written in the transaction.
    let is_stored =
        told.after.zip(told.called).is_some_and(|(after, called)| after.version == called.version + 1);
    let only_new =
        |all: &Edits| plain.unknown.as_ref().map_or_else(|| all.clone(), |written| all.without(written));
    match answer {
        Answer::Done if is_stored => {
            let edits = only_new(&told.edits);
            scribe.answered(Told { edits, ..told }, answer);
        }
        Answer::Unknown => {
            let from_before = told.called.map(|called| Row { version: plain.before, ..called.clone() });
            let edits = only_new(&told.edits);
            // Either of them, or none.
            let old = Told { edits: told.edits.clone(), called: from_before.as_ref(), after: None, ..told };
            scribe.answered(old, Answer::Unknown);
            scribe.answered(Told { edits, ..told }, Answer::Unknown);
        }
        answer => scribe.answered(told, answer),
    }
}

/// What `mine` has on top of the row.
fn between(row: &Row, mine: &Row) -> Edits {
    let added = |row: &str, mine: &str| {
        mine.strip_prefix(row).map(|added| tokens(added).collect()).unwrap_or_default()
    };
    Edits {
        tokens: added(&row.tokens, &mine.tokens),
        notes: added(&row.notes, &mine.notes),
        total: mine.total - row.total,
        sums: Vec::new(),
    }
}
