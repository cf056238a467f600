//! What is kept of a write in a transaction whose end nobody has seen.

use crate::transaction::journal::Journal;

/// There was a write in a transaction whose end is not known.
#[derive(Clone)]
pub(super) struct Unsettled<T> {
    /// What was in the row before it.
    pub(super) before: T,
    /// How many of the fields had been sent before it.
    pub(super) sent_before: usize,
    /// The row was read since then: what is edited is so against what it held.
    pub(super) is_read_since: bool,
    /// The transaction of occ's that it was written in, which knows how it has ended.
    pub(super) within: Option<Journal>,
}

/// What a value is written in.
pub(crate) enum Within {
    Nothing,
    /// One of occ's, if it is known.
    Transaction(Option<Journal>),
}

impl Within {
    pub(crate) fn of<C>(conn: &C, depth: u32) -> Self {
        if depth == 0 { Self::Nothing } else { Self::Transaction(Journal::at(conn, depth)) }
    }
}

/// What has become of a write whose transaction nobody has seen end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Settled {
    Stored,
    RolledBack,
}
