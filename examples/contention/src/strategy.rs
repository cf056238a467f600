//! The ways to add one to a row.

/// What a worker does for one increment; `Store::increment` has the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    Plain,
    Retry,
    Modify,
    Escalate,
    Adaptive,
    Lock,
    Pessimistic,
    Atomic,
}

impl Strategy {
    pub const ALL: [Self; 8] = [
        Self::Plain,
        Self::Retry,
        Self::Modify,
        Self::Escalate,
        Self::Adaptive,
        Self::Lock,
        Self::Pessimistic,
        Self::Atomic,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Retry => "retry",
            Self::Modify => "modify",
            Self::Escalate => "escalate",
            Self::Adaptive => "adaptive",
            Self::Lock => "lock",
            Self::Pessimistic => "pessimistic",
            Self::Atomic => "atomic",
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Self::Plain => "load and `save_optimistic`; a conflict is handed to the user, who is gone",
            Self::Retry => "load and save, again after each conflict, never with a lock",
            Self::Modify => "`modify_optimistic`: the same, and `FOR UPDATE` after 3 conflicts",
            Self::Escalate => "`modify` that locks after the first conflict",
            Self::Adaptive => "`modify` that learns when to lock at once: `adaptive()`",
            Self::Lock => "`modify` that locks at once: `escalate_after(0)`",
            Self::Pessimistic => "`FOR UPDATE` before anything else (SQLite: `BEGIN IMMEDIATE`), then a save",
            Self::Atomic => "`quantity = quantity + 1` and `bump_version` in one `UPDATE`",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name)
    }
}
