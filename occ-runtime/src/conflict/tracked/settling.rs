//! What has become of the layers of a tracked value: its writes and reads in transactions whose end nobody has seen.

use crate::conflict::tracked::unsettled::{Place, Settled};
use crate::conflict::tracked::{Before, Tracked, Unsettled};
use crate::model::check::Check as _;
use crate::model::fields::{Field, Rule, Trackable, fields};
use crate::transaction::journal::{Ending, Journal};
use crate::version::order::is_unique;

/// A value as it is with some of its layers rolled back.
struct At<'t, T> {
    tracked: &'t Tracked<T>,
    /// The last of these layers, if it has written the row.
    written: Option<(&'t Unsettled<T>, &'t T, usize)>,
}

impl<T: Trackable> Tracked<T> {
    /// The layers, the last one first.
    fn layers(&self) -> impl Iterator<Item = &Unsettled<T>> {
        std::iter::successors(self.unsettled.as_deref(), |layer| layer.next())
    }

    fn at(&self, settled: Settled) -> At<'_, T> {
        let mut at = At { tracked: self, written: None };
        for layer in self.layers().take(settled.0) {
            match &layer.before {
                Before::Written(row, sent) => at.written = Some((layer, row, *sent)),
                Before::Read(Some(tracked)) => at = At { tracked, written: None },
                Before::Read(None) => {}
            }
        }
        at
    }

    /// How many layers are known to be rolled back, and whether it is known of the others that they are stored: not of one in a
    /// transaction that occ has not begun, unless one on top of it is open, and so has seen it in the row.
    fn ends(&self) -> (Settled, bool) {
        let (mut rolled_back, mut is_known) = (0, true);
        for (index, layer) in self.layers().enumerate() {
            match layer.ending() {
                Ending::Open | Ending::Committed => break,
                Ending::RolledBack => (rolled_back, is_known) = (index + 1, true),
                Ending::Unknown => is_known = false,
            }
        }
        (Settled(rolled_back), is_known)
    }

    /// Whether no transaction that it was written or read in may still be rolled back.
    #[cfg(feature = "serde")]
    pub(super) fn is_settled(&self) -> bool {
        self.layers().all(|layer| matches!(layer.ending(), Ending::Committed | Ending::RolledBack))
    }

    /// What has become of the writes, if that is known.
    pub(crate) fn known(&self) -> Option<Settled> {
        if self.unsettled.is_none() {
            return Some(Settled::STORED);
        }
        let (settled, is_known) = self.ends();
        is_known.then_some(settled)
    }

    /// The same with what is not known taken for stored.
    pub(crate) fn known_or_stored(&self) -> Settled {
        if self.unsettled.is_none() { Settled::STORED } else { self.ends().0 }
    }

    /// What else may have become of the writes, if one more whose end is not known is rolled back.
    pub(crate) fn beneath(&self, settled: Settled) -> Option<Settled> {
        let layer = self.layers().nth(settled.0)?;
        let may_be = layer.ending() == Ending::Unknown && matches!(layer.before, Before::Written(..));
        may_be.then_some(Settled(settled.0 + 1))
    }

    /// Whether the last that happened was a read: then there is no write of mine to look for.
    pub(crate) fn is_read_at(&self, settled: Settled) -> bool {
        self.layers().nth(settled.0).is_some_and(|layer| matches!(layer.before, Before::Read(_)))
    }

    /// Whether that has been the row for certain: nothing that led to it can be rolled back. Then nobody else has come to its
    /// version. What was read may have been somebody else's, and rolled back.
    pub(crate) fn is_certain_at(&self, settled: Settled) -> bool {
        self.layers().nth(settled.0).is_none_or(|layer| {
            let ends_well = matches!(layer.ending(), Ending::Open | Ending::Committed);
            ends_well && matches!(layer.before, Before::Written(..))
        })
    }

    /// Whether a row that looks like what was written may have been made so by somebody else, and mine is still to be added:
    /// if both have counted up by one, both are at the next version, and the row is as either has left it. Within the
    /// transaction that has written it, it is mine.
    pub(crate) fn may_be_somebody_elses(&self, settled: Settled, open: Place) -> bool {
        let Some(layer) = self.layers().nth(settled.0) else { return false };
        let Before::Written(before, _) = &layer.before else { return false };
        if layer.is_read_since || layer.may_be_within(open) || self.is_certain_at(settled) {
            return false;
        }
        may_have_been_added_by_others(before, self.stored(settled).0)
    }

    /// Whether the row, where it is as the value is, may still have been written by somebody who has added the same.
    pub(crate) fn may_be_added_by_others(&self) -> bool {
        may_have_been_added_by_others(&self.original, &self.value)
    }

    /// What the row holds and its version, given what has become of the writes.
    pub(crate) fn stored(&self, settled: Settled) -> (&T, &T::Version) {
        let At { tracked, written } = self.at(settled);
        match written {
            Some((_, row, _)) => (row, row.version()),
            None => (&tracked.original, tracked.value.version()),
        }
    }

    /// What is in memory then, but for the version.
    pub(crate) fn fields_at(&self, settled: Settled) -> &T {
        &self.at(settled).tracked.value
    }

    /// The same with the version that the row has.
    pub(crate) fn value_at(&self, settled: Settled) -> &T {
        let At { tracked, written } = self.at(settled);
        let Some((layer, row, _)) = written else { return &tracked.value };
        // Nothing can be edited before it is settled: see `deref_mut`.
        layer.rolled_back.get_or_init(|| {
            let mut value = tracked.value.clone();
            value.set_version(row.version().clone());
            value
        })
    }

    /// Whether the row may hold something else of the field than what the original has.
    pub(crate) fn was_sent(&self, settled: Settled, field: &str) -> bool {
        let At { tracked, written } = self.at(settled);
        let before = written.map_or(usize::MAX, |(_, _, sent)| sent);
        tracked.sent[..before.min(tracked.sent.len())].contains(&field)
    }

    /// Takes over what is known to be rolled back.
    pub(crate) fn take_back_what_is_rolled_back(&mut self) {
        if self.unsettled.is_some() {
            self.take_back(self.ends().0);
        }
    }

    pub(super) fn take_back(&mut self, settled: Settled) {
        // The user's code, which may panic: first.
        let version = self.at(settled).written.map(|(_, row, _)| row.version().clone());
        for _ in 0..settled.0 {
            let Some(layer) = self.unsettled.take() else { break };
            let Unsettled { before, beneath, .. } = *layer;
            match before {
                Before::Written(row, sent) => {
                    self.original = row;
                    self.sent.truncate(sent);
                    self.unsettled = beneath;
                }
                Before::Read(Some(tracked)) => *self = *tracked,
                Before::Read(None) => self.unsettled = beneath,
            }
        }
        if let Some(version) = version {
            self.value.set_version(version);
        }
    }

    /// Takes over what has become of the writes; `depth` transactions are still open.
    pub(crate) fn settle(&mut self, settled: Settled, depth: u32) {
        if self.unsettled.is_some() {
            self.take_back(settled);
            // What is left is as uncommitted as before while its transaction may be the one that is open.
            forget(&mut self.unsettled, depth);
        }
    }
}

impl<T: Trackable> Unsettled<T> {
    pub(super) fn ending(&self) -> Ending {
        self.within.as_ref().map_or(Ending::Unknown, Journal::ending)
    }

    /// Whether it happened in that transaction, or in one that was released into it.
    pub(super) fn is_in(&self, journal: &Journal) -> bool {
        self.within.as_ref().is_some_and(|within| within.holder().is(journal))
    }

    /// Whether a transaction may still be open around it of those that are open here: then nobody else has written the row.
    pub(super) fn may_be_within(&self, open: Place) -> bool {
        let depth = self.within.as_ref().map_or(self.place.depth, Journal::depth_now);
        self.place.connection == open.connection && 0 < depth && depth <= open.depth
    }

    /// The layer that this one was put on.
    pub(super) fn next(&self) -> Option<&Self> {
        match &self.before {
            Before::Written(..) | Before::Read(None) => self.beneath.as_deref(),
            Before::Read(Some(tracked)) => tracked.unsettled.as_deref(),
        }
    }

    /// Of transactions whose end will never be known only the first is kept, or layers would pile up where one plain transaction is
    /// around them all.
    pub(super) fn merge(&mut self) {
        if self.ending() != Ending::Unknown {
            return;
        }
        if matches!(self.before, Before::Read(_)) {
            self.before = Before::Read(None);
            self.beneath = None;
        }
        let is_alike =
            |layer: &Self| matches!(layer.before, Before::Written(..)) && layer.ending() == Ending::Unknown;
        while let Some(first) = self.beneath.take_if(|beneath| is_alike(beneath)) {
            (self.before, self.beneath) = (first.before, first.beneath);
        }
    }
}

/// What is known to be settled at `depth` open transactions need not be kept, nor what is beneath it.
pub(super) fn forget<T: Trackable>(mut link: &mut Option<Box<Unsettled<T>>>, depth: u32) {
    // Then it was looked at from outside.
    let mut is_outside = depth == 0;
    while let Some(ending) = link.as_deref().map(Unsettled::ending) {
        match ending {
            Ending::Unknown if !is_outside => {}
            Ending::Open | Ending::RolledBack => is_outside = false,
            Ending::Committed | Ending::Unknown => *link = None,
        }
        let Some(layer) = link.as_deref_mut() else { return };
        link = match &mut layer.before {
            Before::Read(Some(tracked)) => &mut tracked.unsettled,
            _ => &mut layer.beneath,
        };
    }
}

/// Whether a sum was changed, and two can come to the same version.
fn may_have_been_added_by_others<T: Trackable>(before: &T, after: &T) -> bool {
    let adds = |field: &Field<T>| matches!(field.merge_rule(), Rule::Add(_));
    let is_shared = !T::Check::BY_VERSION || !is_unique::<T::Version>();
    is_shared && fields::<T>().any(|field| adds(&field) && !field.is_same(before, after))
}
