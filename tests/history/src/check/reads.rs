//! What the order in time adds: reads, refusals, and writes on versions that were not current.

use std::collections::{BTreeMap, HashMap};

use super::Rules;
use super::anomaly::{Anomaly, Kind};
use super::chain::Chain;
use super::effect::Effect;
use crate::log::{Answer, Call, History, Op};
use crate::row::shown;

type Chains = HashMap<(i32, i64), Chain>;

/// Finds what is wrong with the order of time, in a history whose chains are known.
pub fn check(history: &History, effects: &[Effect], chains: &Chains, rules: Rules, found: &mut Vec<Anomaly>) {
    let time = Time { history, effects, chains };
    for chain in chains.values() {
        found.extend(time.out_of_order(chain));
    }
    for (index, op) in history.ops.iter().enumerate() {
        let anomaly = match (op.call, &op.answer) {
            (Call::Load, Answer::Done) if rules.committed_reads => {
                let fresh = rules.one_server && op.scope.is_none();
                time.intermediate(index, op).or_else(|| time.stale_read(index, op).filter(|_| fresh))
            }
            (Call::Load, Answer::Missing) if rules.one_server && op.scope.is_none() => {
                time.not_found(index, op)
            }
            (call, Answer::Exists) if rules.one_server && call.creates() => time.taken(index, op),
            (_, Answer::Stale) if rules.one_server && rules.committed_reads => time.refusal(index, op),
            _ => None,
        };
        found.extend(anomaly);
    }
    if rules.committed_reads {
        found.extend(time.fractured());
    }
}

struct Time<'h> {
    history: &'h History,
    effects: &'h [Effect],
    chains: &'h Chains,
}

impl Time<'_> {
    fn op(&self, index: usize) -> &Op {
        &self.history.ops[index]
    }

    /// When the caller knew it to be done; of an unknown one never.
    fn done(&self, index: usize) -> u64 {
        if self.effects[index] == Effect::Applied {
            self.history.acknowledged(self.op(index))
        } else {
            u64::MAX
        }
    }

    /// A version whose write ended before the write of an earlier version began.
    fn out_of_order(&self, chain: &Chain) -> Option<Anomaly> {
        let mut latest: Option<usize> = None;
        for &maker in chain.makers.iter().chain(&chain.deleted) {
            if let Some(earlier) = latest.filter(|earlier| self.done(maker) < self.op(*earlier).start) {
                let what = format!(
                    "row {}: a later version was acknowledged before an earlier one was begun",
                    chain.key
                );
                return Some(self.anomaly(Kind::OutOfOrder, what, &[earlier, maker]));
            }
            if latest.is_none_or(|earlier| self.op(earlier).start < self.op(maker).start) {
                latest = Some(maker);
            }
        }
        None
    }

    /// What a read has seen: the chain, and where in it.
    fn seen(&self, op: &Op) -> Option<(&Chain, i64)> {
        let row = op.after.as_ref()?;
        Some((self.chains.get(&(op.key, row.life()))?, row.version))
    }

    /// Seen in the middle of somebody else's transaction.
    fn intermediate(&self, index: usize, op: &Op) -> Option<Anomaly> {
        // A transaction sees what it has written itself, also what it takes back.
        let (chain, version) = self.seen(op).filter(|_| !self.has_written(index, op))?;
        let (maker, next) = (chain.maker(version)?, chain.maker(version + 1).or(chain.deleted)?);
        let scope = self.history.outermost(self.op(maker))?;
        if self.history.outermost(self.op(next)) != Some(scope) || self.history.outermost(op) == Some(scope) {
            return None;
        }
        let what = format!(
            "version {} of row {} was seen in the middle of transaction {scope}",
            shown(version),
            op.key
        );
        Some(self.anomaly(Kind::DirtyRead, what, &[index, maker, next]))
    }

    /// Older than what was acknowledged before the read began, or younger than what was begun before it ended.
    fn stale_read(&self, index: usize, op: &Op) -> Option<Anomaly> {
        let (chain, version) = self.seen(op)?;
        let maker = chain.maker(version)?;
        if self.op(maker).start > op.end {
            let what = format!("version {} of row {} was read before it was written", shown(version), op.key);
            return Some(self.anomaly(Kind::StaleRead, what, &[index, maker]));
        }
        let from = usize::try_from(version - chain.first).ok()? + 1;
        let mut later = chain.makers[from.min(chain.makers.len())..].iter().chain(&chain.deleted).copied();
        let missed = later.find(|later| self.done(*later) < op.start)?;
        let what = format!(
            "version {} of row {} was read after a later write was acknowledged",
            shown(version),
            op.key
        );
        Some(self.anomaly(Kind::StaleRead, what, &[index, missed]))
    }

    /// A row was there from before the read until after it.
    fn not_found(&self, index: usize, op: &Op) -> Option<Anomaly> {
        let there = self.chains.values().filter(|chain| chain.key == op.key && !chain.makers.is_empty());
        let there = there.filter(|chain| self.done(chain.makers[0]) < op.start);
        let there = there.filter(|chain| chain.deleted.is_none_or(|deleted| self.op(deleted).start > op.end));
        let missed = there.map(|chain| chain.makers[0]).next()?;
        let what = format!("row {} was there and was not found", op.key);
        Some(self.anomaly(Kind::StaleRead, what, &[index, missed]))
    }

    /// No row was there that could have been in the way of a new one.
    fn taken(&self, index: usize, op: &Op) -> Option<Anomaly> {
        let lives: Vec<&Chain> =
            self.chains.values().filter(|chain| chain.key == op.key && !chain.makers.is_empty()).collect();
        let was_there = lives.iter().any(|chain| {
            self.op(chain.makers[0]).start < op.end
                && chain.deleted.is_none_or(|deleted| self.done(deleted) > op.start)
        });
        if was_there {
            return None;
        }
        let what = format!("row {} was not there, and a new one was refused", op.key);
        let deleted = lives.iter().filter_map(|chain| chain.deleted);
        Some(self.anomaly(Kind::FalseRefusal, what, &[index].into_iter().chain(deleted).collect::<Vec<_>>()))
    }

    /// Nobody had begun to write after the version that was refused.
    fn refusal(&self, index: usize, op: &Op) -> Option<Anomaly> {
        let called = op.called.as_ref().filter(|_| !op.unsettled)?;
        if let Some(lock) = self.lock_of(index, op) {
            let what = format!(
                "row {} was locked at version {}, and a write of that was refused",
                op.key,
                shown(called.version)
            );
            return Some(self.anomaly(Kind::FalseRefusal, what, &[lock, index]));
        }
        let chain = self.chains.get(&(op.key, called.life()))?;
        let maker = chain.maker(called.version)?;
        if self.done(maker) > op.start || self.has_written(index, op) {
            return None;
        }
        let next = chain.maker(called.version + 1).or(chain.deleted);
        if next.is_some_and(|next| self.op(next).start < op.end) {
            return None;
        }
        let what = format!(
            "row {} was at version {}, and a write of that was refused",
            op.key,
            shown(called.version)
        );
        let ops: Vec<usize> = [index, maker].into_iter().chain(next).collect();
        Some(self.anomaly(Kind::FalseRefusal, what, &ops))
    }

    /// Whether the same transaction has written the row before, and perhaps taken it back.
    fn has_written(&self, index: usize, op: &Op) -> bool {
        self.earlier(index, op).any(|other| self.op(other).call.writes())
    }

    /// The lock that the same transaction has taken at this version, if it has not written the row since.
    fn lock_of(&self, index: usize, op: &Op) -> Option<usize> {
        let mut unwritten = self.earlier(index, op).take_while(|other| !self.op(*other).call.writes());
        unwritten.find(|other| {
            let other = self.op(*other);
            let version = |op: &Op| op.called.as_ref().map(|called| called.version);
            (other.call, &other.answer) == (Call::Lock, &Answer::Done) && version(other) == version(op)
        })
    }

    /// What the same transaction has done with the row before, the last thing first.
    fn earlier(&self, index: usize, op: &Op) -> impl Iterator<Item = usize> {
        let (worker, key, scope) = (op.worker, op.key, self.history.outermost(op));
        let is_in_it = move |other: &usize| {
            self.op(*other).worker == worker && self.history.outermost(self.op(*other)) == scope
        };
        let before = if scope.is_some() { index } else { 0 };
        (0..before).rev().take_while(is_in_it).filter(move |other| self.op(*other).key == key)
    }

    /// A SELECT of several rows that has seen one write of a transaction, and not another.
    fn fractured(&self) -> Option<Anomaly> {
        let mut reads: BTreeMap<(usize, u64), Vec<usize>> = BTreeMap::new();
        for (index, op) in self.history.ops.iter().enumerate() {
            if op.call == Call::Load && op.scope.is_none() {
                reads.entry((op.worker, op.start)).or_default().push(index);
            }
        }
        reads.retain(|_, rows| rows.len() > 1);
        // What each transaction has written of each row last.
        let mut written: HashMap<(i32, i64, usize), i64> = HashMap::new();
        let mut scopes: BTreeMap<usize, Vec<(i32, i64)>> = BTreeMap::new();
        for (&(key, life), chain) in self.chains {
            for (version, &maker) in (chain.first..).zip(&chain.makers) {
                if let Some(scope) = self.history.outermost(self.op(maker)) {
                    if written.insert((key, life, scope), version).is_none() {
                        scopes.entry(scope).or_default().push((key, life));
                    }
                }
            }
        }
        scopes.retain(|_, rows| rows.len() > 1);
        for rows in reads.values() {
            let of: HashMap<(i32, i64), usize> = rows
                .iter()
                .filter_map(|row| Some(((self.op(*row).key, self.op(*row).after.as_ref()?.life()), *row)))
                .collect();
            for (&scope, keys) in &scopes {
                let seen = |&(key, life): &(i32, i64)| {
                    let row = *of.get(&(key, life))?;
                    let version = self.op(row).after.as_ref()?.version;
                    Some((row, version >= written[&(key, life, scope)]))
                };
                let seen: Vec<(usize, bool)> = keys.iter().filter_map(seen).collect();
                let (with, without) = (seen.iter().find(|(_, is)| *is), seen.iter().find(|(_, is)| !is));
                if let (Some((with, _)), Some((without, _))) = (with, without) {
                    let what = format!(
                        "one SELECT has seen what transaction {scope} wrote of row {}, and not what it wrote of row {}",
                        self.op(*with).key,
                        self.op(*without).key
                    );
                    return Some(self.anomaly(Kind::FracturedRead, what, &[*with, *without]));
                }
            }
        }
        None
    }

    fn anomaly(&self, kind: Kind, what: String, ops: &[usize]) -> Anomaly {
        Anomaly::new(kind, what, self.history, ops)
    }
}
