//! Where a value is written or read, and what has become of that once the transaction is over.

use crate::transaction::journal::{Journal, address};

/// Where something was written: which connection, and how many transactions were open on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) connection: usize,
    pub(super) depth: u32,
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
