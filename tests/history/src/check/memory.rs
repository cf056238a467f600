//! What a value in memory is to be after a call.

use super::anomaly::{Anomaly, Kind};
use crate::log::{Answer, Call, History, Op, Outcome};
use crate::row::shown;

/// Memory is unchanged after a failure, and the row after success.
pub fn check(history: &History, found: &mut Vec<Anomaly>) {
    for (index, op) in history.ops.iter().enumerate() {
        if let Some(what) = wrong(op) {
            found.push(Anomaly::new(Kind::Memory, what, history, &[index]));
        }
    }
    for (index, scope) in history.scopes.iter().enumerate() {
        let moved = scope.handed.iter().find(|(before, after)| before.version != after.version);
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
        Answer::Done => None,
        _ => (after != called)
            .then(|| format!("a call that failed has changed the value: {called}, then {after}")),
    }
}
