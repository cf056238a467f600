//! What is wrong with a history, in words.

use std::fmt;

use crate::log::{History, Op};

/// The kinds of what can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Two acknowledged writes have made the same version of a row.
    Fork,
    /// What an acknowledged write has written is not there.
    LostUpdate,
    /// One write is in the row twice.
    Duplicate,
    /// A write that was refused or rolled back is to be seen.
    RefusedVisible,
    /// A version that nobody has made.
    Unaccounted,
    /// A version has two contents, or another one than its writer has written.
    TwoContents,
    /// A row was deleted twice, has vanished or is still there.
    Deletion,
    /// A write was based on a version that was not current when it began.
    OutOfOrder,
    /// A read has seen what was never committed, or is not the end of its transaction.
    DirtyRead,
    /// A read has seen a part of what was committed as one.
    FracturedRead,
    /// A read has not seen what was acknowledged before it began.
    StaleRead,
    /// A write was refused as stale, although nobody else had written.
    FalseRefusal,
    /// The value in memory is not what is promised.
    Memory,
    /// Of a transaction whose end nobody knows, a part is there and a part is not.
    HalfUnknown,
    /// An error that is none of those which may come.
    Unexpected,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fork => "fork",
            Self::LostUpdate => "lost update",
            Self::Duplicate => "duplicate write",
            Self::RefusedVisible => "refused write is visible",
            Self::Unaccounted => "version of nobody",
            Self::TwoContents => "one version, two contents",
            Self::Deletion => "deletion",
            Self::OutOfOrder => "write based on an old version",
            Self::DirtyRead => "dirty read",
            Self::FracturedRead => "fractured read",
            Self::StaleRead => "stale read",
            Self::FalseRefusal => "false refusal",
            Self::Memory => "memory",
            Self::HalfUnknown => "half of an unknown outcome",
            Self::Unexpected => "unexpected error",
        })
    }
}

/// One thing that is wrong, and the few operations that show it.
#[derive(Clone, Debug)]
pub struct Anomaly {
    /// Which kind it is.
    pub kind: Kind,
    /// What is wrong.
    pub what: String,
    /// The operations, by their beginnings.
    pub ops: Vec<Op>,
}

/// More than these would not be read.
const SHOWN: usize = 8;

impl Anomaly {
    /// Of the operations at these places.
    pub(crate) fn new(kind: Kind, what: String, history: &History, ops: &[usize]) -> Self {
        let mut ops: Vec<Op> = ops.iter().map(|op| history.ops[*op].clone()).collect();
        ops.sort_by_key(|op| op.start);
        ops.dedup_by_key(|op| (op.start, op.key));
        Self { kind, what, ops }
    }
}

impl fmt::Display for Anomaly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.what)?;
        for op in self.ops.iter().take(SHOWN) {
            write!(f, "\n  {op}")?;
        }
        if self.ops.len() > SHOWN {
            write!(f, "\n  .. and {} more", self.ops.len() - SHOWN)?;
        }
        Ok(())
    }
}
