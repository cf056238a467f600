//! The makers of the versions of one life, in their order.

use std::cmp::Reverse;

use super::Replay;
use crate::check::anomaly::{Anomaly, Kind};
use crate::check::effect::Effect;
use crate::check::life::Life;
use crate::log::Call;
use crate::row::{Row, Token, shown, tokens};

/// How often a life is replayed in another way. No life of this workload has come near it.
const TRIES: usize = 10_000;

impl Replay<'_> {
    /// Who has made each version. Where that is not known, it is one after whom all the rest fits as well.
    pub(super) fn replay(
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
            let error = match self.candidates(key, life, &path, end) {
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
        let op = &self.history.ops[maker];
        match &op.after {
            // Whatever was there.
            Some(after) if op.call == Call::Overwrite => {
                state = Row { version: state.version, ..after.clone() }
            }
            _ => op.edits.apply(&mut state),
        }
        state.version += 1;
        self.compare(life, &state, maker).map_err(Some)?;
        Ok((maker, state))
    }

    /// Who may have made the next version, the likeliest last.
    fn candidates(
        &self,
        key: i32,
        life: &Life<'_>,
        path: &[(usize, Row)],
        end: &Row,
    ) -> Result<Vec<usize>, Anomaly> {
        let Some((last, state)) = path.last() else { return Ok(Vec::new()) };
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
        let (known, over) = self.known_end(life, version, end);
        let next = known
            .and_then(|end| end.tokens.strip_prefix(&*state.tokens))
            .and_then(|rest| tokens(rest).next());
        let is_used = |op: &usize| path.iter().any(|(maker, _)| maker == op);
        let raw: Vec<usize> = match over {
            Some(over) if known.is_none() => self.written_over(key, *last, over),
            _ => next.and_then(|token| self.raw.get(&token)).copied().into_iter().collect(),
        };
        // Of those whose answer is not known it is one after which the row is as it was seen.
        let fits = |maker: &usize| {
            let mut after = state.clone();
            self.history.ops[*maker].edits.apply(&mut after);
            let seen = life.seen.get(&version).and_then(|seen| seen.first());
            let leads_there =
                |end: &Row| end.tokens.starts_with(&after.tokens) && end.notes.starts_with(&after.notes);
            !is_used(maker)
                && known.is_none_or(leads_there)
                && seen.is_none_or(|(_, row)| row.has_content_of(&after))
        };
        let mut fitting: Vec<usize> = candidates.iter().chain(&raw).copied().filter(fits).collect();
        // One that has left a token, before one that has left no trace but the version; and first of all one that must be somewhere.
        let is_sure = |maker: usize| known.is_none() && self.effects[maker] == Effect::Applied;
        fitting.sort_by_key(|maker| (is_sure(*maker), self.history.ops[*maker].edits.listed().count()));
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

    /// What the lists have grown to, from this version on: at the end, or where the row was last seen before it was written over, if anybody has
    /// seen that; and who has written it over.
    fn known_end<'r>(
        &self,
        life: &'r Life<'_>,
        version: i64,
        end: &'r Row,
    ) -> (Option<&'r Row>, Option<usize>) {
        let is_over = |op: &&usize| {
            self.history.ops[**op].call == Call::Overwrite && self.effects[**op] == Effect::Applied
        };
        let over = life.made.range(version..).find_map(|(at, ops)| Some((*at, *ops.iter().find(is_over)?)));
        let Some((at, over)) = over else { return (Some(end), None) };
        let mut seen = life.seen.range(version..at).rev().flat_map(|(_, seen)| seen);
        (seen.next().map(|(_, row)| *row), Some(over))
    }

    /// Raw writes of this row that no list tells of, and that may have come between these two; the earliest last.
    fn written_over(&self, key: i32, after: usize, over: usize) -> Vec<usize> {
        let op = |index: usize| &self.history.ops[index];
        let may_be = |index: &usize| {
            let raw = op(*index);
            let comes_between = raw.start < op(over).end && self.history.acknowledged(raw) > op(after).start;
            raw.key == key && comes_between && self.effects[*index] != Effect::Not
        };
        let untraced = self.raw.iter().filter(|(token, _)| !self.traced.contains(*token));
        let mut raw: Vec<usize> = untraced.map(|(_, index)| *index).filter(may_be).collect();
        raw.sort_by_key(|index| Reverse(op(*index).start));
        raw
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
}
