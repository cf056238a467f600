//! What a value in memory is to be after a call.

use super::anomaly::{Anomaly, Kind};
use crate::log::{Answer, Call, History, Op, Outcome};
use crate::row::{Row, shown};

/// Memory is unchanged after a failure, and the row after success.
pub fn check(history: &History, found: &mut Vec<Anomaly>) {
    for (index, op) in history.ops.iter().enumerate() {
        if let Some(what) = wrong(op) {
            found.push(Anomaly::new(Kind::Memory, what, history, &[index]));
        }
    }
    for (index, scope) in history.scopes.iter().enumerate() {
        // What the closure has loaded keeps its own version, if that is older than what was handed over. It may be, since the numbers of lives are
        // drawn before the rows are made: the value is of a life that has ended, and an earlier number was made after it.
        let is_older =
            |before: &Row, after: &Row| after.version < before.version && is_read_in(history, index, after);
        let is_moved =
            |(before, after): &&(Row, Row)| before.version != after.version && !is_older(before, after);
        let moved = scope.handed.iter().find(is_moved);
        if let (Outcome::RolledBack | Outcome::Unknown, Some((before, after))) = (scope.outcome, moved) {
            let what = format!(
                "transaction {index} did not commit as far as anybody knows, and the value of row {} went from version {} to {}",
                before.id,
                shown(before.version),
                shown(after.version)
            );
            let ops: Vec<usize> = (0..history.ops.len())
                .filter(|op| history.scopes_of(&history.ops[*op]).any(|s| s == index))
                .collect();
            found.push(Anomaly::new(Kind::Memory, what, history, &ops));
        }
    }
}

/// Whether a read in this transaction has brought this version of the row.
fn is_read_in(history: &History, scope: usize, row: &Row) -> bool {
    let is_it = |op: &&Op| op.call == Call::Load && op.key == row.id && op.answer == Answer::Done;
    let mut reads = history.ops.iter().filter(is_it);
    reads.any(|op| {
        let is_version = op.after.as_ref().is_some_and(|after| after.version == row.version);
        is_version && history.scopes_of(op).any(|within| within == scope)
    })
}

fn wrong(op: &Op) -> Option<String> {
    let (Some(called), Some(after)) = (&op.called, &op.after) else { return None };
    match op.answer {
        Answer::Done if matches!(op.call, Call::Save | Call::SaveTracked | Call::Touch | Call::Update) => {
            if !op.unsettled && after.version != called.version + 1 {
                return Some(format!(
                    "version {} after a write of {}",
                    shown(after.version),
                    shown(called.version)
                ));
            }
            let mut row = called.clone();
            // An update makes the value what the row is, and a save the row what the value is.
            if op.call == Call::Update {
                op.edits.apply(&mut row);
            }
            (!after.has_content_of(&row))
                .then(|| format!("a write has changed other fields: {called}, {after}"))
        }
        Answer::Done if op.call == Call::Overwrite => (!after.has_content_of(called))
            .then(|| format!("a write over another one has changed fields: {called}, {after}")),
        Answer::Done => None,
        _ => (after != called)
            .then(|| format!("a call that failed has changed the value: {called}, then {after}")),
    }
}
