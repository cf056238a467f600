//! What becomes of a tracked value's writes: sent, refused, stored, rolled back, or never heard of.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use crate::conflict::tracked::settling::forget;
use crate::conflict::tracked::unsettled::{Settled, Within};
use crate::conflict::tracked::{Before, Tracked, Unsettled, next_number};
use crate::error::Error;
use crate::model::check::Check as _;
use crate::model::fields::{Trackable, fields};
use crate::transaction::restore::{Restorable, Versions};
use crate::transaction::unanswered;

impl<T: Trackable> Tracked<T> {
    /// The value at the version that the row has, and the fields of it that are sent.
    pub(crate) fn to_write(&self, settled: Settled) -> (T, Vec<&'static str>) {
        let mut written = self.fields_at(settled).clone();
        if settled != Settled::STORED {
            written.set_version(self.stored(settled).1.clone());
        }
        (written, self.dirty_fields_at(settled))
    }

    pub(crate) fn dirty_fields_at(&self, settled: Settled) -> Vec<&'static str> {
        let (stored, value) = (self.stored(settled).0, self.fields_at(settled));
        fields::<T>().filter(|field| field.is_changed(stored, value)).map(|field| field.name()).collect()
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

    /// Whether it was written in a transaction since the number was given.
    pub(crate) fn is_written_since(&self, number: u64) -> bool {
        self.writes.last().is_some_and(|last| *last > number)
    }

    /// The row is as the value is, at this version where it has one.
    pub(crate) fn is_stored(&mut self, version: Option<T::Version>, within: Within) {
        let mut row = self.value.clone();
        if let Some(version) = version {
            row.set_version(version);
        }
        self.onto(row.clone(), row, within);
    }

    /// The row has become `written`, a copy of the value of which these fields were sent, and that is at the version `next`, where
    /// it has one. None of it is the user's code, which may panic.
    pub(crate) fn saved(
        &mut self,
        written: T,
        sent: Vec<&'static str>,
        next: Option<T::Version>,
        was_in_doubt: bool,
        within: Within,
    ) {
        if let Some(next) = next {
            self.value.set_version(next);
        }
        // Its check has held, so that nothing that was sent before has been written; if it has compared everything.
        let is_all_checked = || T::Check::BY_VERSION || fields::<T>().all(|field| field.is_checked());
        self.in_doubt = was_in_doubt && !is_all_checked();
        let before = std::mem::replace(&mut self.original, written);
        let sent_before = self.sent.len();
        self.sent.extend(sent.into_iter().filter(|field| !self.sent.contains(field)).collect::<Vec<_>>());
        if within.place.depth() == 0 {
            self.unsettled = None;
            self.reading = next_number();
            self.writes.clear();
            return;
        }
        self.writes.push(next_number());
        let Within { place, journal } = within;
        let mut beneath = self.unsettled.take();
        if let Some(last) = &mut beneath {
            if journal.as_ref().is_some_and(|journal| last.is_in(journal)) {
                last.place = place;
                last.is_read_since = false;
                self.unsettled = beneath;
                return;
            }
            last.merge();
        }
        let mut layer = Unsettled {
            before: Before::Written(before, sent_before),
            within: journal,
            place,
            is_read_since: false,
            beneath,
            rolled_back: OnceLock::new(),
        };
        layer.merge();
        self.unsettled = Some(Box::new(layer));
    }

    /// The same value on what is in the row now.
    pub(crate) fn onto(&mut self, value: T, row: T, within: Within) {
        let depth = within.place.depth();
        self.take_back_what_is_rolled_back();
        forget(&mut self.unsettled, depth);
        let is_as_known = |this: &Self| {
            row.version() == this.value.version()
                && row.version() == this.original.version()
                && fields::<T>().all(|field| !field.is_written(&row) || field.is_same(&row, &this.original))
        };
        if depth > 0 && is_as_known(self) {
            if let Some(layer) = &mut self.unsettled {
                // On the connection that has written it, it may be read in the transaction that is rolled back.
                layer.is_read_since |= layer.place.connection != within.place.connection;
                if let Before::Written(_, sent) = &mut layer.before {
                    *sent = 0;
                }
            }
        } else {
            self.unsettled = if depth > 0 { Some(Box::new(self.read_in(within))) } else { None };
        }
        self.value = value;
        self.original = row;
        self.in_doubt = false;
        self.reading = next_number();
        self.writes.clear();
        self.sent.clear();
    }

    /// What is read in a transaction may not be committed, as others may have written it there.
    fn read_in(&self, Within { place, journal }: Within) -> Unsettled<T> {
        let before = journal.as_ref().map(|journal| {
            let mut before = self.clone();
            match &mut before.unsettled {
                Some(layer) if layer.is_in(journal) => before.take_back(Settled(1)),
                Some(layer) => layer.merge(),
                None => {}
            }
            Box::new(before)
        });
        Unsettled {
            before: Before::Read(before),
            within: journal,
            place,
            is_read_since: true,
            beneath: None,
            rolled_back: OnceLock::new(),
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
        let ahead =
            versions.are_in_doubt().then(|| catch_unwind(AssertUnwindSafe(|| this.value.version().clone())));
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
        if let Some(Ok(ahead)) = ahead {
            unanswered::is_in_doubt(&this.value, ahead, true);
        }
    }
}
