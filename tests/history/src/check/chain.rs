//! Replays the writes of each life of a row in the order of their versions.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::anomaly::{Anomaly, Kind};
use super::effect::{Effect, Group, Unanswered};
use super::life::Life;
use crate::log::{Call, History};
use crate::row::{Row, Token, VERSIONS_OF_A_LIFE, shown, tokens};

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

/// How often a life is replayed in another way. No life of this workload has come near it.
const TRIES: usize = 10_000;

/// What is carried from one life to the next.
struct Replay<'h> {
    history: &'h History,
    effects: &'h [Effect],
    /// Raw writes by their tokens: what version they have made, only the lists tell.
    raw: HashMap<Token, usize>,
    /// Those writes that are there.
    there: HashSet<usize>,
}

/// Finds what the lists and versions show, and who has made which version.
pub fn check(
    history: &History,
    effects: &[Effect],
    lives: &BTreeMap<(i32, i64), Life<'_>>,
    found: &mut Vec<Anomaly>,
) -> (HashMap<(i32, i64), Chain>, Unanswered) {
    let raw = history.ops.iter().enumerate().filter(|(_, op)| op.call == Call::Raw);
    let raw = raw.flat_map(|(index, op)| op.edits.tokens.iter().map(move |token| (*token, index))).collect();
    let mut replay = Replay { history, effects, raw, there: HashSet::new() };
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
            // Of those who may have, the one who has seen the youngest version: the others have not.
            (None, None) => Ok(life.deleted.iter().copied().max_by_key(|op| self.called(*op).version)),
        }
    }

    /// Who has made each version. Where that is not known, it is one after whom all the rest fits as well.
    fn replay(
        &self,
        key: i32,
        life: &Life<'_>,
        created: usize,
        end: &Row,
    ) -> Result<Vec<usize>, Anomaly> {
        let born = self.called(created).clone();
        self.compare(life, &born, created)?;
        let mut path = vec![(created, born)];
        // Who else may have come after so many, the likeliest last.
        let mut others: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut wrong = None;
        let mut tries = 0;
        while let Some((_, state)) = path.last().filter(|(_, state)| state.version < end.version) {
            let error = match self.candidates(key, life, state, end) {
                Ok(mut fitting) => {
                    let next = fitting.pop().map_or(Err(None), |maker| self.after(life, state, maker));
                    if !fitting.is_empty() {
                        others.push((path.len(), fitting));
                    }
                    match next {
                        Ok(next) => {
                            path.push(next);
                            continue;
                        }
                        Err(anomaly) => anomaly,
                    }
                }
                Err(anomaly) => Some(anomaly),
            };
            let what = || self.anomaly(Kind::Unaccounted, format!("row {key} cannot be replayed"), &[]);
            let first = wrong.get_or_insert_with(|| error.unwrap_or_else(what));
            tries += 1;
            let Some(next) = self.another(life, &mut path, &mut others).filter(|_| tries < TRIES) else {
                return Err(first.clone());
            };
            path.push(next);
        }
        Ok(path.into_iter().map(|(maker, _)| maker).collect())
    }

    /// Goes back to where another one may have come next.
    fn another(
        &self,
        life: &Life<'_>,
        path: &mut Vec<(usize, Row)>,
        others: &mut Vec<(usize, Vec<usize>)>,
    ) -> Option<(usize, Row)> {
        while let Some((length, fitting)) = others.last_mut() {
            path.truncate(*length);
            let Some(maker) = fitting.pop() else {
                others.pop();
                continue;
            };
            if let Some(Ok(next)) = path.last().map(|(_, state)| self.after(life, state, maker)) {
                return Some(next);
            }
        }
        None
    }

    /// The row after this write, if everybody has seen it so.
    fn after(&self, life: &Life<'_>, state: &Row, maker: usize) -> Result<(usize, Row), Option<Anomaly>> {
        let mut state = state.clone();
        self.history.ops[maker].edits.apply(&mut state);
        state.version += 1;
        self.compare(life, &state, maker).map_err(Some)?;
        Ok((maker, state))
    }

    /// Who may have made the next version, the likeliest last.
    fn candidates(&self, key: i32, life: &Life<'_>, state: &Row, end: &Row) -> Result<Vec<usize>, Anomaly> {
        let version = state.version + 1;
        let candidates = life.made.get(&version).map_or(&[][..], Vec::as_slice);
        let sure: Vec<usize> =
            candidates.iter().copied().filter(|op| self.effects[*op] == Effect::Applied).collect();
        match sure.len() {
            0 => {}
            1 => return Ok(sure),
            many => {
                let what =
                    format!("version {} of row {key} was made by {many} acknowledged writes", shown(version));
                return Err(self.anomaly(Kind::Fork, what, &sure));
            }
        }
        let next = end.tokens.strip_prefix(&*state.tokens).and_then(|rest| tokens(rest).next());
        let raw = next.and_then(|token| self.raw.get(&token)).copied();
        // Of those whose answer is not known it is one after which the row is as it was seen.
        let fits = |maker: &usize| {
            let mut after = state.clone();
            self.history.ops[*maker].edits.apply(&mut after);
            let seen = life.seen.get(&version).and_then(|seen| seen.first());
            end.tokens.starts_with(&after.tokens)
                && end.notes.starts_with(&after.notes)
                && seen.is_none_or(|(_, row)| row.has_content_of(&after))
        };
        let mut fitting: Vec<usize> = candidates.iter().copied().chain(raw).filter(fits).collect();
        // One that has left a token, before one that has left no trace but the version.
        fitting.sort_by_key(|maker| self.history.ops[*maker].edits.listed().count());
        let Some(&maker) = fitting.last() else {
            return Err(self.unaccounted(key, life, version, state, end, next));
        };
        if self.effects[maker] == Effect::Not {
            let what = format!(
                "version {} of row {key} was made by a write that was refused or rolled back",
                shown(version)
            );
            return Err(self.anomaly(Kind::RefusedVisible, what, &[maker]));
        }
        Ok(fitting)
    }

    /// No acknowledged write has made this version. Whose token is there?
    fn unaccounted(
        &self,
        key: i32,
        life: &Life<'_>,
        version: i64,
        state: &Row,
        end: &Row,
        next: Option<Token>,
    ) -> Anomaly {
        let lost = || {
            format!("what was written up to version {} of row {key} is not in {end}", shown(state.version))
        };
        let Some(token) =
            next.or_else(|| end.notes.strip_prefix(&*state.notes).and_then(|rest| tokens(rest).next()))
        else {
            let around = |version| life.made.get(&version).into_iter().flatten().copied();
            let ops: Vec<usize> =
                around(version - 1).chain(around(version)).chain(around(version + 1)).collect();
            if !end.tokens.starts_with(&*state.tokens) || !end.notes.starts_with(&*state.notes) {
                return self.anomaly(Kind::LostUpdate, lost(), &ops);
            }
            let what = format!("nobody has made version {} of row {key}", shown(version));
            return self.anomaly(Kind::Unaccounted, what, &ops);
        };
        let carriers = self.carriers(key, token);
        let refused = carriers.iter().any(|op| self.effects[*op] == Effect::Not);
        let applied = carriers.iter().any(|op| self.effects[*op] == Effect::Applied);
        if refused && !applied {
            let what = format!(
                "token {token}, which was refused or rolled back, is in row {key} at version {}",
                shown(version)
            );
            return self.anomaly(Kind::RefusedVisible, what, &carriers);
        }
        let what = format!(
            "nobody has made version {} of row {key}, where token {token} is first seen",
            shown(version)
        );
        self.anomaly(Kind::Unaccounted, what, &carriers)
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
            let born = op.call == Call::Create
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
