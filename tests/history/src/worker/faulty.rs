// Steps in which something goes wrong.

use diesel::result::Error as DieselError;
use occ_runtime::Error;

use super::super::cell::{batch, delete};
use super::Worker;
use super::scribe::Told;
use crate::fault::Fault;
use crate::log::{Answer, Call};
use crate::row::Row;
use crate::workload::Step;

impl Worker<'_> {
    /// Whether a new connection is needed.
    pub async fn faulty(&mut self, fault: Fault, step: &Step) -> bool {
        match fault {
            Fault::Full => self.allow_pages(1).await,
            Fault::Drop(..) | Fault::Panic(_) => self.scribe.mishap.arm(fault),
            _ => self.line.arm(fault),
        }
        let result = Box::pin(self.perform(step)).await;
        let has_happened = self.line.disarm();
        if has_happened || (fault == Fault::Full && result.as_ref().is_err_and(is_full)) {
            self.scribe.mishap.count(fault.name());
        }
        let was_cut_short = self.scribe.mishap.disarm();
        if fault == Fault::Full {
            self.allow_pages(u32::MAX >> 2).await;
        }
        if was_cut_short {
            // What occ says itself of the connection is to be right.
            self.is_refused(fault).await
        } else {
            // Who is killed may not have heard of it yet.
            let is_killed = has_happened && matches!(fault, Fault::Kill(..));
            is_killed || result.is_err_and(|error| error.needs_new_connection())
        }
    }

    /// SQLite takes less than there is for what there is.
    async fn allow_pages(&mut self, pages: u32) {
        let pragma = format!("PRAGMA max_page_count = {pages}");
        batch(&pragma, &mut self.conn).await.expect("the pragma can be set");
    }

    /// A call was cut short on the connection: either occ refuses to work with it, or nothing of that call is left there to be
    /// taken for another one's answer.
    async fn is_refused(&mut self, fault: Fault) -> bool {
        let (missing, start) = (Row::born(0, 1, 0), self.scribe.clock.tick());
        let result = delete(&missing, &mut self.conn).await;
        let is_as_new = matches!(&result, Err(Error::Stale(stale)) if stale.is_deleted());
        let is_refused = result.as_ref().is_err_and(Error::needs_new_connection);
        // Blocking code has read its answers when it panics.
        let may_be_refused = self.stage.setting.faults.is_some_and(|faults| faults.futures);
        if !(is_as_new || is_refused && may_be_refused) {
            let what = format!("after a call that was cut short ({fault}), the connection says {result:?}");
            self.scribe.answered(Told { start, ..Told::of(Call::Load, 0) }, Answer::Failed(what));
        }
        !is_as_new
    }
}

fn is_full(error: &Error) -> bool {
    matches!(
        error,
        Error::Database(DieselError::DatabaseError(_, information))
            if information.message() == "database or disk is full"
    )
}
