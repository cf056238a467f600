//! Which writes are to be in the rows at the end.

use crate::log::{Answer, History, Op, Outcome};

/// Whether a write is to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It was acknowledged, and so was the end of its transaction.
    Applied,
    /// It was refused or rolled back, or is none.
    Not,
    /// It may be there or not, and then so is all of its group.
    Maybe(Group),
}

/// What is there as a whole or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// A single call.
    Op(usize),
    /// A transaction or a batch.
    Scope(usize),
}

/// Of each operation.
pub fn of_all(history: &History) -> Vec<Effect> {
    history.ops.iter().enumerate().map(|(index, op)| of(history, index, op)).collect()
}

fn of(history: &History, index: usize, op: &Op) -> Effect {
    let mut effect = match op.answer {
        _ if !op.call.writes() => return Effect::Not,
        Answer::Done => Effect::Applied,
        Answer::Unknown => Effect::Maybe(Group::Op(index)),
        _ => return Effect::Not,
    };
    for scope in history.scopes_of(op) {
        match history.scopes[scope].outcome {
            Outcome::Committed => {}
            Outcome::RolledBack => return Effect::Not,
            Outcome::Unknown => effect = Effect::Maybe(Group::Scope(scope)),
        }
    }
    effect
}

/// What has become of writes whose answer was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unanswered {
    /// Single writes that were done.
    pub writes_done: usize,
    /// And those that were not.
    pub writes_not_done: usize,
    /// Transactions and batches that were committed.
    pub commits_done: usize,
    /// And those that were not.
    pub commits_not_done: usize,
}

impl Unanswered {
    /// One of this group.
    pub(super) fn count(&mut self, group: Group, done: bool) {
        *match (group, done) {
            (Group::Op(_), true) => &mut self.writes_done,
            (Group::Op(_), false) => &mut self.writes_not_done,
            (Group::Scope(_), true) => &mut self.commits_done,
            (Group::Scope(_), false) => &mut self.commits_not_done,
        } += 1;
    }

    /// Those of another round.
    pub fn add(&mut self, other: Self) {
        self.writes_done += other.writes_done;
        self.writes_not_done += other.writes_not_done;
        self.commits_done += other.commits_done;
        self.commits_not_done += other.commits_not_done;
    }

    /// Whether any is done.
    #[must_use]
    pub fn are_done(&self) -> bool {
        self.writes_done + self.commits_done > 0
    }
}
