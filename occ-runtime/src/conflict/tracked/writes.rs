//! What becomes of a tracked value's writes: sent, refused, stored, rolled back, or never heard of.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::conflict::tracked::unsettled::{Settled, Unsettled, Within};
use crate::conflict::tracked::{Tracked, next_number};
use crate::error::Error;
use crate::model::check::Check as _;
use crate::model::fields::{Field, Rule, Trackable, fields};
use crate::transaction::journal::{Ending, Journal};
use crate::transaction::restore::{Restorable, Versions, is_unique};

impl<T: Trackable> Tracked<T> {
    /// The value at the version that the row has, and the fields of it that are sent.
    pub(crate) fn to_write(&self, settled: Settled) -> (T, Vec<&'static str>) {
        let (base, version) = self.stored(settled);
        let mut written = self.value.clone();
        if settled == Settled::RolledBack {
            written.set_version(version.clone());
        }
        (written, self.changed_since(base))
    }

    /// Something is sent. Returns whether there was something before of which nobody has heard.
    pub(crate) fn sends(&mut self) -> bool {
        std::mem::replace(&mut self.in_doubt, true)
    }

    /// It was refused: what was in doubt before still is, and where the connection was lost this is too.
    pub(crate) fn is_refused(&mut self, was_in_doubt: bool, error: &Error) {
        self.in_doubt = was_in_doubt || error.needs_new_connection();
    }

    pub(crate) fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// The row has become `written`, a copy of the value of which these fields were sent, at the version `next`, where it has
    /// one; in `transaction`, if there is one.
    pub(crate) fn saved(
        &mut self,
        mut written: T,
        sent: Vec<&'static str>,
        next: Option<T::Version>,
        transaction: Within,
    ) {
        if let Some(next) = next {
            written.set_version(next.clone());
            self.value.set_version(next);
        }
        // Its check has held, so that nothing that was sent before has been written.
        self.in_doubt = false;
        let before = std::mem::replace(&mut self.original, written);
        let sent_before = self.sent.len();
        self.sent.extend(sent.into_iter().filter(|field| !self.sent.contains(field)).collect::<Vec<_>>());
        let Within::Transaction(within) = transaction else {
            self.unsettled = None;
            self.reading = next_number();
            self.writes.clear();
            return;
        };
        self.writes.push(next_number());
        self.unsettled = Some(match self.unsettled.take() {
            None => Box::new(Unsettled { before, sent_before, is_read_since: false, within }),
            Some(mut unsettled) => {
                // Where it was written in two, neither knows of the other.
                let is_same = |first: &Journal| within.as_ref().is_some_and(|second| first.is(second));
                unsettled.within = unsettled.within.filter(is_same);
                unsettled.is_read_since = false;
                unsettled
            }
        });
    }

    /// Whether the row may hold something else of the field than what the original has.
    pub(crate) fn was_sent(&self, field: &str) -> bool {
        let sent = match (&self.unsettled, self.known()) {
            (Some(unsettled), Some(Settled::RolledBack)) => {
                &self.sent[..unsettled.sent_before.min(self.sent.len())]
            }
            _ => &self.sent[..],
        };
        sent.contains(&field)
    }

    /// What has become of the last write, if that is known: not of one in a transaction that occ has not begun.
    pub(crate) fn known(&self) -> Option<Settled> {
        let Some(unsettled) = &self.unsettled else { return Some(Settled::Stored) };
        match unsettled.within.as_ref()?.ending() {
            Ending::Open | Ending::Committed => Some(Settled::Stored),
            Ending::RolledBack => Some(Settled::RolledBack),
            Ending::Unknown => None,
        }
    }

    /// Whether a row that looks like what was written may have been made so by somebody else, and mine is still to be added:
    /// if both have counted up by one, both are at the next version, and the row is as either has left it.
    pub(crate) fn may_be_somebody_elses(&self) -> bool {
        let Some(unsettled) = self.unsettled.as_ref().filter(|unsettled| !unsettled.is_read_since) else {
            return false;
        };
        let before = &unsettled.before;
        let adds = |field: &Field<T>| matches!(field.merge_rule(), Rule::Add(_));
        let is_shared = !T::Check::BY_VERSION || !is_unique::<T::Version>();
        is_shared && fields::<T>().any(|field| adds(&field) && !field.is_same(before, &self.original))
    }

    /// What was in the row before that.
    pub(crate) fn before(&self) -> Option<&T> {
        self.unsettled.as_ref().map(|unsettled| &unsettled.before)
    }

    /// What the row holds and its version, given what has become of that write.
    pub(crate) fn stored(&self, settled: Settled) -> (&T, &T::Version) {
        match (settled, self.before()) {
            (Settled::RolledBack, Some(before)) => (before, before.version()),
            _ => (&self.original, self.value.version()),
        }
    }

    fn is_committed(&self) -> bool {
        let within = self.unsettled.as_ref().and_then(|unsettled| unsettled.within.as_ref());
        within.is_some_and(|journal| journal.ending() == Ending::Committed)
    }

    /// Takes over what has become of that write; `depth` transactions are still open.
    pub(crate) fn settle(&mut self, settled: Settled, depth: u32) {
        match settled {
            Settled::RolledBack => {
                // The user's code, which may panic: first.
                let version = self.before().map(|before| before.version().clone());
                if let Some((unsettled, version)) = self.unsettled.take().zip(version) {
                    self.value.set_version(version);
                    self.original = unsettled.before;
                    self.sent.truncate(unsettled.sent_before);
                }
            }
            // It is as uncommitted as before while its transaction may be the one that is open.
            Settled::Stored if depth > 0 && !self.is_committed() => {}
            Settled::Stored => self.unsettled = None,
        }
    }

    /// The same value on what is in the row now; `depth` transactions are open.
    pub(crate) fn onto(&mut self, value: T, row: T, depth: u32) {
        let may_be_open = |unsettled: &Unsettled<T>| match unsettled.within.as_ref().map(Journal::ending) {
            Some(Ending::Open) => true,
            Some(Ending::Committed | Ending::RolledBack) => false,
            // If it is at another version, it is not as it was written.
            Some(Ending::Unknown) | None => row.version() == self.value.version(),
        };
        let stays = depth > 0 && self.unsettled.as_deref().is_some_and(may_be_open);
        self.value = value;
        self.original = row;
        self.in_doubt = false;
        self.reading = next_number();
        self.writes.clear();
        self.sent.clear();
        match &mut self.unsettled {
            Some(unsettled) if stays => {
                unsettled.is_read_since = true;
                unsettled.sent_before = 0;
            }
            unsettled => *unsettled = None,
        }
    }
}

/// Puts back the version, and what the value was loaded as; or all of it, where more than the saves of the closure is in it.
#[diagnostic::do_not_recommend]
impl<T> Restorable for &mut Tracked<T>
where
    T: Trackable + 'static,
{
    type Borrowed<'r> = &'r mut Tracked<T>;
    type Saved = (Tracked<T>, T::Version);

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, _: &mut Versions) -> Self::Saved {
        ((**self).clone(), self.value.version().clone())
    }

    fn restore(&mut self, (saved, version): Self::Saved, versions: &Versions) {
        let this = &mut **self;
        let is_written = this.writes.len() > saved.writes.len();
        let is_descendant = this.reading == saved.reading && this.writes.starts_with(&saved.writes);
        // The user's code may panic here, perhaps while it is panicking already.
        let is_same_row =
            catch_unwind(AssertUnwindSafe(|| this.value.has_key_of(&saved.value))).unwrap_or(false);
        if is_descendant && is_same_row {
            // Only written meanwhile: the edits stay, and are to be saved again.
            this.value.set_version(version);
            this.original = saved.original;
            this.unsettled = saved.unsettled;
            this.writes = saved.writes;
            this.sent = saved.sent;
            this.in_doubt = saved.in_doubt;
        } else {
            // Merged, read anew or another one: what is in it is not only mine.
            *this = saved;
        }
        this.in_doubt |= versions.are_in_doubt() && (is_written || !is_descendant);
    }
}
