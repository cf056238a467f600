//! The lives of rows, each from an INSERT to a DELETE, and what is known of them.

use std::collections::{BTreeMap, HashSet};

use super::Rules;
use super::effect::Effect;
use crate::log::{Answer, Call, History, Op};
use crate::row::{Row, VERSIONS_OF_A_LIFE};

/// A life of one row.
#[derive(Debug, Default)]
pub struct Life<'h> {
    /// Those who may have inserted it.
    pub created: Vec<usize>,
    /// Who has, or may have, made which version.
    pub made: BTreeMap<i64, Vec<usize>>,
    /// Those who have, or may have, deleted it.
    pub deleted: Vec<usize>,
    /// What was seen at which version, and by whom; nobody stands for the end.
    pub seen: BTreeMap<i64, Vec<(Option<usize>, &'h Row)>>,
    /// The row at the end.
    pub last: Option<&'h Row>,
}

/// All of them, by key and number.
pub fn all<'h>(history: &'h History, effects: &[Effect], rules: Rules) -> BTreeMap<(i32, i64), Life<'h>> {
    let mut lives: BTreeMap<(i32, i64), Life<'h>> = BTreeMap::new();
    let tainted = tainted(history, effects);
    for (index, op) in history.ops.iter().enumerate() {
        let effect = effects[index];
        if let Some(version) = version_made(op).filter(|_| effect != Effect::Not) {
            let life = lives.entry((op.key, version.div_euclid(VERSIONS_OF_A_LIFE))).or_default();
            match op.call {
                call if call.creates() => life.created.push(index),
                Call::Delete => life.deleted.push(index),
                _ => life.made.entry(version).or_default().push(index),
            }
        }
        let seen = match (op.call, &op.answer) {
            (Call::Load, Answer::Done) if rules.committed_reads && !tainted.contains(&index) => &op.after,
            (Call::Update | Call::Raw | Call::Load | Call::Lock | Call::Rebase, _) => &None,
            (Call::Delete, _) if effect == Effect::Applied => &op.called,
            (_, Answer::Done) if effect == Effect::Applied => &op.after,
            _ => &None,
        };
        if let Some(row) = seen {
            let life = lives.entry((op.key, row.life())).or_default();
            life.seen.entry(row.version).or_default().push((Some(index), row));
        }
    }
    for row in &history.rows {
        let life = lives.entry((row.id, row.life())).or_default();
        life.last = Some(row);
        life.seen.entry(row.version).or_default().push((None, row));
    }
    lives
}

/// The version that a write makes; of a DELETE the one that it deletes. A raw write does not know it.
fn version_made(op: &Op) -> Option<i64> {
    let called = op.called.as_ref()?.version;
    match (op.call, &op.answer, &op.after) {
        (Call::Raw | Call::Load | Call::Lock | Call::Rebase, ..) => None,
        (Call::Create | Call::Insert | Call::CreateIfAbsent | Call::Delete, ..) => Some(called),
        (_, Answer::Done, Some(after)) => Some(after.version),
        _ => Some(called + 1),
    }
}

/// Reads of what the same transaction has written before, and has not kept.
fn tainted(history: &History, effects: &[Effect]) -> HashSet<usize> {
    let mut written = HashSet::new();
    let mut tainted = HashSet::new();
    for (index, op) in history.ops.iter().enumerate() {
        let Some(scope) = history.outermost(op) else { continue };
        if op.call.writes() && matches!(op.answer, Answer::Done | Answer::Unknown) {
            if effects[index] != Effect::Applied {
                written.insert((scope, op.key));
            }
        } else if written.contains(&(scope, op.key)) {
            tainted.insert(index);
        }
    }
    tainted
}
