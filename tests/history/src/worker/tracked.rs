// Tracked values: saved by what was changed, and merged.

use std::thread::yield_now;

use diesel::prelude::*;
use occ_runtime::{Choice, Error, Tracked};

use super::super::cell::{Conn, first, rebase, rebase_with, reload_tracked, save_tracked};
use super::scribe::{Book, Scribe, Told};
use super::{Held, Worker};
use crate::log::{Answer, Call};
use crate::row::{Edits, Row, history_rows, tokens};
use crate::workload::{Refused, Write};

impl Worker<'_> {
    pub async fn load_tracked(&mut self, key: i32) -> Result<(), Error> {
        self.tracked.remove(&key);
        let start = self.scribe.clock.tick();
        let select = history_rows::table.find(key).select(Tracked::<Row>::as_select());
        let value: Result<Tracked<Row>, Error> = first(select, &mut self.conn).await.map_err(Error::from);
        let after = value.as_ref().ok().map(|value| &**value);
        self.scribe.told(Told { start, after, ..Told::of(Call::Load, key) }, &value);
        self.tracked.insert(key, Held { value: value?, book: Book::default(), unsettled: false });
        Ok(())
    }

    pub async fn hold_tracked(&mut self, key: i32, fresh: bool) -> Result<Held, Error> {
        if fresh || !self.tracked.contains_key(&key) {
            self.load_tracked(key).await?;
            yield_now();
        }
        self.tracked.remove(&key).ok_or(Error::Database(diesel::result::Error::NotFound))
    }

    pub async fn save_tracked(&mut self, write: Write, refused: Refused) -> Result<(), Error> {
        let mut held = self.hold_tracked(write.key, write.fresh).await?;
        let edits = Edits::one(write.field, self.scribe.token());
        let mut result = save(&mut self.scribe, &mut self.conn, &mut held, &edits, None).await;
        if result.as_ref().is_err_and(Error::is_stale) {
            match refused {
                Refused::Keep => {}
                Refused::Reload => result = self.reload(&mut held).await,
                Refused::Rebase => {
                    result = self.rebase(&mut held).await;
                    if result.is_ok() && !held.book.unsaved.is_empty() {
                        result =
                            save(&mut self.scribe, &mut self.conn, &mut held, &Edits::default(), None).await;
                    }
                }
            }
        }
        self.tracked.insert(write.key, held);
        result
    }

    async fn reload(&mut self, held: &mut Held) -> Result<(), Error> {
        let (start, key) = (self.scribe.clock.tick(), held.value.id);
        let called = held.value.clone();
        let result = reload_tracked(&mut held.value, &mut self.conn).await;
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
            (held.book, held.unsettled) = (Book::default(), false);
        }
        result
    }

    /// What both have changed is theirs, if nobody else decides.
    async fn rebase(&mut self, held: &mut Held) -> Result<(), Error> {
        let conn = &mut self.conn;
        let key = held.value.id;
        for ask in [false, true] {
            let (start, called) = (self.scribe.clock.tick(), (*held.value).clone());
            let result = if ask {
                rebase_with(&mut held.value, conn, |_, _, _, _| Choice::Theirs).await
            } else {
                rebase(&mut held.value, conn).await
            };
            let edits = held.book.unsaved.clone();
            let (called, after) = (Some(&called), Some(&*held.value));
            let unsettled = held.unsettled;
            let answer = match Answer::from_result(&result) {
                // The row is gone.
                Answer::Stale => Answer::Missing,
                answer => answer,
            };
            self.scribe.answered(
                Told { start, edits, called, after, unsettled, ..Told::of(Call::Rebase, key) },
                answer,
            );
            match result {
                Ok(()) => {
                    let (row, mine) =
                        (held.value.original().clone(), between(held.value.original(), &held.value));
                    let told = Told { start, after: Some(&row), ..Told::of(Call::Load, key) };
                    // What is merged is their row and my edits; without a choice none of mine is gone.
                    let mut merged = row.clone();
                    mine.apply(&mut merged);
                    if merged.has_content_of(&held.value) && (ask || mine == held.book.unsaved) {
                        self.scribe.answered(told, Answer::Done);
                    } else {
                        let what =
                            format!("a rebase has made {} of {row} and{}", *held.value, held.book.unsaved);
                        self.scribe.answered(told, Answer::Failed(what));
                    }
                    held.book.unsaved = mine;
                    held.unsettled = false;
                    return Ok(());
                }
                Err(Error::Unmerged(_)) if !ask => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Edits, saves and logs.
pub async fn save(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    held: &mut Held,
    edits: &Edits,
    scope: Option<usize>,
) -> Result<(), Error> {
    held.book.edit(edits, &mut held.value);
    let (start, called) = (scribe.clock.tick(), (*held.value).clone());
    let result = save_tracked(&mut held.value, conn).await;
    let told = Told {
        start,
        scope,
        edits: held.book.unsaved.clone(),
        called: Some(&called),
        after: Some(&*held.value),
        unsettled: held.unsettled,
        ..Told::of(Call::SaveTracked, held.value.id)
    };
    scribe.told(told, &result);
    if result.is_ok() {
        held.book.saved();
        held.unsettled &= scope.is_some();
    }
    result
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
    }
}
