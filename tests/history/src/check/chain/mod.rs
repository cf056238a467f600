//! Replays the writes of each life of a row in the order of their versions.

mod replay;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::check::anomaly::{Anomaly, Kind};
use crate::check::effect::{Effect, Group, Unanswered};
use crate::check::life::Life;
use crate::log::{Call, History};
use crate::row::{Row, Token, VERSIONS_OF_A_LIFE, shown};

/// Who has made each version of one life of a row.
#[derive(Debug)]
pub struct Chain {
    /// The row.
    pub key: i32,
    /// The first version.
    pub first: i64,
    /// Who has made it and those after it.
    pub makers: Vec<usize>,
    /// Who has ended it.
    pub deleted: Option<usize>,
}

impl Chain {
    /// Who has made this version.
    pub fn maker(&self, version: i64) -> Option<usize> {
        self.makers.get(usize::try_from(version - self.first).ok()?).copied()
    }
}

/// What is carried from one life to the next.
struct Replay<'h> {
    history: &'h History,
    effects: &'h [Effect],
    lives: &'h BTreeMap<(i32, i64), Life<'h>>,
    /// Raw writes by their tokens: what version they have made, only the lists tell.
    raw: HashMap<Token, usize>,
    /// Of all that has been seen of any row.
    traced: HashSet<Token>,
    /// Those writes that are there.
    there: HashSet<usize>,
}

/// Finds what the lists and versions show, and who has made which version.
pub fn check<'h>(
    history: &'h History,
    effects: &'h [Effect],
    lives: &'h BTreeMap<(i32, i64), Life<'h>>,
    found: &mut Vec<Anomaly>,
) -> (HashMap<(i32, i64), Chain>, Unanswered) {
    let raw = history.ops.iter().enumerate().filter(|(_, op)| op.call == Call::Raw);
    let raw = raw.flat_map(|(index, op)| op.edits.tokens.iter().map(move |token| (*token, index))).collect();
    let seen = lives.values().flat_map(|life| life.seen.values().flatten());
    let traced = seen.flat_map(|(_, row)| row.all_tokens()).collect();
    let mut replay = Replay { history, effects, lives, raw, traced, there: HashSet::new() };
    let mut chains = HashMap::new();
    for (&(key, number), life) in lives {
        match replay.life(key, number, life) {
            Ok(chain) => {
                chains.insert((key, number), chain);
            }
            Err(anomaly) => found.push(anomaly),
        }
    }
    // Where a life could not be replayed, what is not there follows from that.
    let unanswered = if found.is_empty() { replay.missing(found) } else { Unanswered::default() };
    (chains, unanswered)
}

impl<'h> Replay<'h> {
    fn life(&mut self, key: i32, number: i64, life: &Life<'_>) -> Result<Chain, Anomaly> {
        let first = number * VERSIONS_OF_A_LIFE;
        let witnesses = || life.seen.values().flatten().filter_map(|(by, _)| *by).take(3);
        let Some(&created) = life.created.first() else {
            let what = format!("row {key} was seen at versions of life {number}, which nobody has committed");
            let ops: Vec<usize> = witnesses().chain(life.made.values().flatten().copied().take(2)).collect();
            return Err(self.anomaly(Kind::DirtyRead, what, &ops));
        };
        if life.created.len() > 1 {
            return Err(self.anomaly(Kind::Fork, format!("row {key} was inserted twice"), &life.created));
        }
        if life.seen.is_empty() && life.made.is_empty() && self.effects[created] != Effect::Applied {
            return Ok(Chain { key, first, makers: Vec::new(), deleted: None });
        }
        let deleted = self.deletion(key, life, created)?;
        let end = match (life.last, deleted) {
            (Some(row), _) => row,
            (None, Some(deleted)) => self.called(deleted),
            (None, None) => {
                let what = format!("row {key} of life {number} is gone, and nobody has deleted it");
                let last = life.made.values().last().into_iter().flatten().copied();
                return Err(self.anomaly(Kind::Deletion, what, &last.chain([created]).collect::<Vec<_>>()));
            }
        };
        self.twice(key, life, end)?;
        let beyond = life.made.range(end.version + 1..).flat_map(|(_, ops)| ops);
        let beyond: Vec<usize> = beyond.copied().filter(|op| self.effects[*op] == Effect::Applied).collect();
        if let Some(&lost) = beyond.first() {
            let at = if life.last.is_some() { "is at the end" } else { "was deleted" };
            let what =
                format!("row {key} {at} at version {}, behind an acknowledged write", shown(end.version));
            let ops: Vec<usize> = [lost].into_iter().chain(deleted).collect();
            return Err(self.anomaly(Kind::LostUpdate, what, &ops));
        }
        let makers = self.replay(key, life, created, end)?;
        self.added_twice(key, &makers)?;
        self.there.extend(&makers);
        if let Some((&version, seen)) = life.seen.range(end.version + 1..).next() {
            let what = format!("row {key} was seen at version {}, which was never committed", shown(version));
            let ops: Vec<usize> = seen.iter().filter_map(|(by, _)| *by).collect();
            return Err(self.anomaly(Kind::DirtyRead, what, &ops));
        }
        self.there.extend(deleted);
        Ok(Chain { key, first, makers, deleted })
    }

    /// Who has deleted the row, if somebody has.
    fn deletion(&self, key: i32, life: &Life<'_>, created: usize) -> Result<Option<usize>, Anomaly> {
        let sure: Vec<usize> =
            life.deleted.iter().copied().filter(|op| self.effects[*op] == Effect::Applied).collect();
        if sure.len() > 1 {
            return Err(self.anomaly(Kind::Deletion, format!("row {key} was deleted twice"), &sure));
        }
        match (life.last, sure.first()) {
            (Some(_), Some(&deleted)) => {
                let what = format!("row {key} was deleted and is still there");
                Err(self.anomaly(Kind::Deletion, what, &[created, deleted]))
            }
            (Some(_), None) => Ok(None),
            (None, Some(&deleted)) => Ok(Some(deleted)),
            (None, None) => {
                // Of those who may have, one who has seen the youngest version, and as early as possible.
                let may = life.deleted.iter().copied().filter(|op| self.are_all_gone(*op));
                Ok(may.max_by_key(|op| (self.called(*op).version, Reverse(self.history.ops[*op].start))))
            }
        }
    }

    /// Whether all rows that were to be deleted with this one may be gone by that.
    fn are_all_gone(&self, op: usize) -> bool {
        let Some(scope) = self.history.ops[op].scope else { return true };
        let is_sure = |op: usize| self.effects[op] == Effect::Applied;
        let ops = self.history.ops.iter().enumerate();
        let mut along = ops.filter(|(_, other)| other.scope == Some(scope) && other.call == Call::Delete);
        along.all(|(other, _)| {
            let row = self.called(other);
            let Some(life) = self.lives.get(&(row.id, row.life())) else { return true };
            let beyond = row.version + 1..;
            let has_lived_on = life.last.is_some()
                || life.seen.range(beyond.clone()).next().is_some()
                || life.made.range(beyond).flat_map(|(_, ops)| ops).any(|op| is_sure(*op));
            !has_lived_on && !life.deleted.iter().any(|op| *op != other && is_sure(*op))
        })
    }

    /// Everybody who has seen this version has seen this content.
    fn compare(&self, life: &Life<'_>, state: &Row, maker: usize) -> Result<(), Anomaly> {
        let seen = life.seen.get(&state.version).map_or(&[][..], Vec::as_slice);
        let Some((by, row)) = seen.iter().find(|(_, row)| !row.has_content_of(state)) else { return Ok(()) };
        let there: HashSet<Token> = row.all_tokens().collect();
        let lost = state.all_tokens().find(|token| !there.contains(token));
        let expected: HashSet<Token> = state.all_tokens().collect();
        let added = row.all_tokens().find(|token| !expected.contains(token));
        let mut ops = vec![maker];
        ops.extend(by);
        let who = if by.is_none() { "at the end" } else { "by a caller" };
        let (kind, what) = if let Some(token) = lost {
            ops.extend(self.carriers(state.id, token));
            (
                Kind::LostUpdate,
                format!("token {token} was acknowledged, and is not in row {} as seen {who}", state.id),
            )
        } else if let Some(token) = added {
            let carriers = self.carriers(state.id, token);
            let refused = carriers.iter().all(|op| self.effects[*op] == Effect::Not);
            ops.extend(carriers);
            let kind = if refused { Kind::RefusedVisible } else { Kind::TwoContents };
            (kind, format!("token {token} is in row {} as seen {who}, before it was written", state.id))
        } else {
            (Kind::TwoContents, format!("row {} as seen {who}: {row}", state.id))
        };
        Err(self.anomaly(kind, format!("{what}; expected {state}, seen {row}"), &ops))
    }

    /// No token is in a list twice.
    fn twice(&self, key: i32, life: &Life<'_>, end: &Row) -> Result<(), Anomaly> {
        let mut met = HashSet::new();
        let Some(token) = end.all_tokens().find(|token| !met.insert(*token)) else { return Ok(()) };
        let mut ops = self.carriers(key, token);
        let has = |row: &Row| row.all_tokens().filter(|other| *other == token).count();
        let seen = life.seen.values().flatten();
        ops.extend(seen.filter(|(_, row)| has(row) > 0).filter_map(|(by, _)| *by).take(3));
        Err(self.anomaly(Kind::Duplicate, format!("token {token} is in row {key} twice: {end}"), &ops))
    }

    /// No part of a sum was added twice.
    fn added_twice(&self, key: i32, makers: &[usize]) -> Result<(), Anomaly> {
        let mut by = HashMap::new();
        for &maker in makers {
            for sum in &self.history.ops[maker].edits.sums {
                if let Some(before) = by.insert(sum, maker) {
                    let what = format!("{sum} was added to the total of row {key} twice");
                    return Err(self.anomaly(Kind::Duplicate, what, &[before, maker]));
                }
            }
        }
        Ok(())
    }

    /// Those acknowledged writes that are nowhere, and unknown ones of which a part is there; and what has become of the unknown.
    fn missing(&self, found: &mut Vec<Anomaly>) -> Unanswered {
        let mut groups: BTreeMap<Group, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (index, effect) in self.effects.iter().enumerate() {
            let there = self.there.contains(&index);
            match effect {
                Effect::Applied if !there => {
                    let op = &self.history.ops[index];
                    let what = format!("an acknowledged write of row {} is in no version of it", op.key);
                    found.push(self.anomaly(Kind::LostUpdate, what, &[index]));
                }
                Effect::Maybe(group) => {
                    let (present, absent) = groups.entry(*group).or_default();
                    if there { present.push(index) } else { absent.push(index) }
                }
                _ => {}
            }
        }
        let mut unanswered = Unanswered::default();
        for (group, (present, absent)) in groups {
            unanswered.count(group, !present.is_empty());
            if !present.is_empty() && !absent.is_empty() {
                let ops: Vec<usize> = present.into_iter().chain(absent).collect();
                let what = format!("of {group:?}, whose end nobody knows, a part is there and a part is not");
                found.push(self.anomaly(Kind::HalfUnknown, what, &ops));
            }
        }
        unanswered
    }

    /// Those calls that were to write this token.
    fn carriers(&self, key: i32, token: Token) -> Vec<usize> {
        let carries = |op: &usize| {
            let op = &self.history.ops[*op];
            let born = op.call.creates()
                && op.called.as_ref().is_some_and(|row| row.all_tokens().any(|t| t == token));
            op.key == key && (born || op.edits.listed().any(|other| other == token))
        };
        (0..self.history.ops.len()).filter(carries).collect()
    }

    fn called(&self, op: usize) -> &'h Row {
        // Only of calls that are logged with the value: see `Life`.
        static NOBODY: Row = Row { id: 0, tokens: String::new(), notes: String::new(), total: 0, version: 0 };
        self.history.ops[op].called.as_ref().unwrap_or(&NOBODY)
    }

    fn anomaly(&self, kind: Kind, what: String, ops: &[usize]) -> Anomaly {
        Anomaly::new(kind, what, self.history, ops)
    }
}
