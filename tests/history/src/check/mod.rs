//! Verifies a history.
//!
//! The versions of a row and the order of its lists give the whole order of its writes, so nothing has to be searched: the
//! writes of each life of a row are replayed in the order of their versions, and everything that anybody has seen is compared
//! with that.

mod anomaly;
mod chain;
mod effect;
mod life;
mod memory;
mod reads;

pub use anomaly::{Anomaly, Kind};
pub use effect::Unanswered;

use crate::log::{Answer, History};

/// What the database promises beside.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Rules {
    /// What one connection has committed, every other sees at once: not so between the nodes of a cluster.
    pub one_server: bool,
    /// Only what is committed is to be seen.
    pub committed_reads: bool,
    /// Whether to look at the values in memory after each call.
    pub memory: bool,
    /// Whether something goes wrong on purpose.
    pub faults: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { one_server: true, committed_reads: true, memory: true, faults: false }
    }
}

/// All that is wrong with it: empty, if nothing was lost.
#[must_use]
pub fn check(history: &History, rules: Rules) -> Vec<Anomaly> {
    settle(history, rules).0
}

/// The same, and what has become of writes whose answer was lost.
#[must_use]
pub fn settle(history: &History, rules: Rules) -> (Vec<Anomaly>, Unanswered) {
    let effects = effect::of_all(history);
    let mut found = Vec::new();
    for (index, op) in history.ops.iter().enumerate() {
        let what = match &op.answer {
            Answer::Failed(text) => text.as_str(),
            Answer::Cancelled if !rules.faults => "nobody has cancelled anything",
            _ => continue,
        };
        found.push(Anomaly::new(Kind::Unexpected, what.to_owned(), history, &[index]));
    }
    if rules.memory {
        memory::check(history, &mut found);
    }
    let lives = life::all(history, &effects, rules);
    let (chains, unanswered) = chain::check(history, &effects, &lives, &mut found);
    // Where the order of the writes is not known, nothing can be said of reads.
    if found.is_empty() {
        reads::check(history, &effects, &chains, rules, &mut found);
    }
    (found, unanswered)
}
