//! What is kept of a write, or a read, in a transaction whose end nobody has seen.
//!
//! Each transaction is a layer on the one before it: what was in the row before, and how to learn what has become of it.

use std::sync::OnceLock;

use crate::conflict::tracked::Tracked;
use crate::model::fields::Trackable;
use crate::transaction::journal::{Ending, Journal, address};

/// There was a write or a read in a transaction whose end is not known.
#[derive(Clone)]
pub(super) struct Unsettled<T> {
    pub(super) before: Before<T>,
    /// The transaction of occ's that it happened in, which knows how it has ended.
    pub(super) within: Option<Journal>,
    pub(super) place: Place,
    /// The row was read since then, and was as it was written.
    pub(super) is_read_since: bool,
    /// The layer beneath.
    pub(super) beneath: Option<Box<Self>>,
    /// The value as it is if this was rolled back: see [`Tracked::value_at`].
    pub(super) rolled_back: OnceLock<T>,
}

/// What there was before.
#[derive(Clone)]
pub(super) enum Before<T> {
    /// It has written the row. That held this, and so many of the fields had been sent before.
    Written(T, usize),
    /// It has read what may be rolled back: what it was then, with all that is beneath. `None` if it cannot be known that it is
    /// rolled back, so that nothing is to be put back.
    Read(Option<Box<Tracked<T>>>),
}

/// Where something was written: which connection, and how many transactions were open on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    connection: usize,
    depth: u32,
}

impl Place {
    pub(crate) fn of<C>(conn: &C, depth: u32) -> Self {
        Self { connection: address(conn), depth }
    }

    pub(crate) fn depth(self) -> u32 {
        self.depth
    }
}

/// What a value is written or read in.
#[derive(Debug)]
pub(crate) struct Within {
    pub(super) place: Place,
    /// The transaction, if it is one of occ's.
    pub(super) journal: Option<Journal>,
}

impl Within {
    pub(crate) fn of<C>(conn: &C, depth: u32) -> Self {
        let journal = if depth == 0 { None } else { Journal::at(conn, depth) };
        Self { place: Place::of(conn, depth), journal }
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }
}

/// What has become of the writes in transactions whose end nobody has seen: how many of the layers are rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub struct Settled(pub(super) usize);

impl Settled {
    /// All of it is in the row.
    pub(crate) const STORED: Self = Self(0);
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
