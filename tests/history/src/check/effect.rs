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
