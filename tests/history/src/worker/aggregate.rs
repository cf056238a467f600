// The root of an aggregate, and writes that only report.

use std::sync::atomic::{AtomicBool, Ordering};

use occ_runtime::{Error, OnStale};

use super::super::cell::{save_with, with_these_children};
use super::Worker;
use super::begun::{ending, keys, may_go_on, wanted};
use super::parts::occ_part;
use super::scribe::{Told, begin_books, close_books};
use crate::fault::Level::Whole;
use crate::log::{Answer, Call};
use crate::row::Edits;
use crate::workload::{Transaction, Write};

impl Worker<'_> {
    /// `with_these_children`: the first row is the root of the others. What the parts are to do with it, they leave out.
    pub async fn with_children(&mut self, transaction: &Transaction) -> Result<(), Error> {
        let mut all = keys(transaction);
        let Some((key, fresh)) = all.next() else { return Ok(()) };
        // It is touched, and memory is the row afterwards only where it has no edits.
        let (mut root, root_book) = self.hold(key, fresh, true).await?;
        let (mut rows, mut books) = self.gather(all, false).await;
        let (root_before, before) = (root.clone(), rows.clone());
        let scope = self.scribe.log.begin(None);
        let scribe = &mut self.scribe;
        let (mishap, start) = (scribe.mishap, scribe.clock.tick());
        let touch =
            Told { start, scope: Some(scope), called: Some(&root_before), ..Told::of(Call::Touch, key) };
        let mut touch = Some(touch);
        let mut is_at_end = false;
        begin_books(&mut books);
        let call = with_these_children(&mut root, &mut self.conn, &mut rows[..], async |conn, root, rows| {
            if let Some(touch) = touch.take() {
                scribe.answered(Told { after: Some(&*root), ..touch }, Answer::Done);
            }
            for part in &transaction.parts {
                mishap.may_panic();
                let done = occ_part(scribe, conn, rows, &mut books, part, scope).await;
                may_go_on(done, transaction.careless)?;
            }
            mishap.may_panic();
            is_at_end = transaction.commit;
            if transaction.commit { Ok(()) } else { Err(wanted()) }
        });
        let result: Result<(), Error> = mishap.guard(Whole, call).await;
        close_books(&mut books, result.is_ok());
        if let Some(touch) = touch {
            self.scribe.told(Told { after: Some(&root), ..touch }, &result);
        }
        let handed =
            before.into_iter().zip(rows.iter().cloned()).chain([(root_before.clone(), root.clone())]);
        let handed = handed.collect();
        self.ended(scope, ending(&result, is_at_end), handed);
        for (row, book) in rows.into_iter().zip(books).chain([(root, root_book)]) {
            self.held.insert(row.id, (row, book));
        }
        result
    }

    /// Written over whatever is there: what others have written since the value was read, is gone.
    pub async fn save_reporting(&mut self, write: Write) -> Result<(), Error> {
        let (mut row, mut book) = self.hold(write.key, write.fresh, false).await?;
        book.edit(&Edits::one(write.field, self.scribe.token()), &mut row);
        let (start, called) = (self.scribe.clock.tick(), row.clone());
        let is_reported = AtomicBool::new(false);
        let report = |_: &_| is_reported.store(true, Ordering::Relaxed);
        let result = save_with(&mut row, OnStale::Report(&report), &mut self.conn).await;
        let call = if is_reported.into_inner() { Call::Overwrite } else { Call::Save };
        let edits = book.unsaved.clone();
        let (called, after) = (Some(&called), Some(&row));
        self.scribe.told(Told { start, edits, called, after, ..Told::of(call, write.key) }, &result);
        if result.is_ok() {
            book.saved();
        }
        self.keep(row, book, &result, write.stubborn);
        result
    }
}
