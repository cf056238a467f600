//! Chooses what is done, by the seed.

use std::time::Duration;

use super::{Faults, Mix, Part, Refused, Step, Style, Transaction, Write};
use crate::fault::{At, Fault, Level, Moment, When};
use crate::row::Field;

/// Chooses.
pub struct Draw<'r> {
    pub rng: &'r mut fastrand::Rng,
    pub rows: i32,
}

impl Draw<'_> {
    pub fn step(&mut self, mix: Mix) -> Step {
        let Mix::Faults(faults) = mix else { return self.faultless(mix) };
        let step = self.faultless(mix);
        let fault = if self.rng.u32(0..5) == 0 { self.fault(&step, faults) } else { None };
        match fault {
            Some(fault) => Step::Faulty(fault, Box::new(traced(step))),
            None => step,
        }
    }

    fn faultless(&mut self, mix: Mix) -> Step {
        let kind = match mix {
            Mix::Everything => self.rng.u32(0..100),
            // An answer is lost where a fault is, and only there. What was written over where answers are lost, nobody could tell.
            Mix::Faults(_) => match self.rng.u32(0..100) {
                34..37 => 20,
                kind => kind,
            },
            // Of those below: a read, a save, and with `modify` that as well.
            Mix::Saves => *self.one_of(&[0, 20, 20]),
            Mix::SavesAndModifies => *self.one_of(&[0, 20, 20, 80]),
        };
        match kind {
            0..8 => Step::Load(self.key()),
            8..12 => Step::LoadAll,
            12..14 => Step::LoadTracked(self.key()),
            14..16 => Step::Create(self.key()),
            16..18 => Step::Insert(self.key()),
            18..20 => Step::CreateIfAbsent(self.key()),
            20..26 => Step::Save(self.write()),
            26..28 => Step::Upsert(self.write()),
            28..31 => Step::SaveIf(self.write(), self.rng.u32(0..4) != 0),
            31..34 => Step::SaveExpecting(self.write(), self.rng.u32(0..4) != 0),
            34..36 => Step::SaveUnanswered(self.write()),
            36 => Step::SaveReporting(self.write()),
            37 => Step::Touch(self.key()),
            38 => Step::TouchAt(self.key()),
            39 => Step::Hide(self.key()),
            40..42 => Step::Update(self.write()),
            42 => Step::UpdateAt(self.write()),
            43 => Step::Delete(self.key()),
            44 => Step::DeleteAt(self.key()),
            45..48 => Step::SaveAll(self.writes()),
            48..51 => Step::SaveAllTracked(self.writes()),
            51..52 => Step::DeleteAll(self.writes().iter().take(2).map(|write| write.key).collect()),
            52..66 => {
                let refused = *self.one_of(&[
                    Refused::Keep,
                    Refused::Reload,
                    Refused::Rebase,
                    Refused::Rebase,
                    Refused::Merge,
                ]);
                Step::SaveTracked(self.write(), refused)
            }
            66..70 => Step::Raw(self.key()),
            70..84 => Step::Modify(self.write()),
            _ => Step::Transaction(self.transaction()),
        }
    }

    fn fault(&mut self, step: &Step, faults: Faults) -> Option<Fault> {
        let mut kinds: Vec<u32> = Vec::new();
        if calls_back(step) {
            kinds.extend([0, 0, 0]);
        }
        if faults.server {
            // Most of all connections that are cut.
            kinds.extend([1, 1, 1, 1, 2]);
        }
        if faults.administrator {
            kinds.extend([3, 3, 4]);
        }
        if faults.futures {
            kinds.extend([5, 5, 6]);
        }
        if faults.file {
            kinds.push(7);
        }
        let commits = matches!(
            step,
            Step::Transaction(_) | Step::SaveAll(_) | Step::SaveAllTracked(_) | Step::DeleteAll(_)
        );
        let at = if commits && self.rng.bool() { At::Commit } else { At::Request(self.rng.u32(0..5)) };
        let when = if self.rng.bool() { When::Before } else { When::After };
        if kinds.is_empty() {
            return None;
        }
        Some(match *self.one_of(&kinds) {
            1 => Fault::Cut(at, self.moment()),
            2 => Fault::Delay(at, Duration::from_millis(self.rng.u64(1..10))),
            3 => Fault::Kill(at, when),
            4 => Fault::Cancel(at, when),
            // A transaction waits ten times and more.
            5 if commits => Fault::Drop(self.rng.u32(1..16), Level::Whole),
            5 => Fault::Drop(self.rng.u32(1..4), Level::Whole),
            6 => Fault::Drop(self.rng.u32(1..4), Level::Within),
            7 => Fault::Full,
            // Others have only one time.
            _ if matches!(step, Step::Transaction(_)) => Fault::Panic(self.rng.u32(1..5)),
            _ => Fault::Panic(1),
        })
    }

    fn moment(&mut self) -> Moment {
        let bytes = self.rng.usize(0..1_000);
        *self.one_of(&[
            Moment::Before,
            Moment::MidRequest(bytes),
            Moment::After,
            Moment::After,
            Moment::MidAnswer(bytes),
            Moment::MidAnswer(bytes),
        ])
    }

    fn transaction(&mut self) -> Transaction {
        let style = *self.one_of(&[
            Style::Optimistic,
            Style::OptimisticTracked,
            Style::OptimisticCaptured,
            Style::Plain,
            Style::Run,
            Style::RunWith,
            Style::WithChildren,
        ]);
        let mut parts: Vec<Part> = (0..self.rng.usize(1..4)).map(|_| self.part()).collect();
        // Crossing orders end in deadlocks, which are right but slow: most go by the key.
        if self.rng.u32(0..8) != 0 {
            parts.sort_by_key(Part::key);
        }
        Transaction { style, parts, commit: self.rng.u32(0..4) != 0, careless: self.rng.u32(0..3) == 0 }
    }

    fn part(&mut self) -> Part {
        match self.rng.u32(0..13) {
            0..2 => Part::Load(self.key()),
            2 => Part::Touch(self.key()),
            12 => Part::Lock(self.key()),
            3 => Part::Raw(self.key()),
            4..7 => Part::Savepoint(self.writes(), self.rng.bool()),
            _ => Part::Save(self.write()),
        }
    }

    fn key(&mut self) -> i32 {
        self.rng.i32(1..=self.rows)
    }

    fn write(&mut self) -> Write {
        Write {
            key: self.key(),
            field: *self.one_of(&[Field::Tokens, Field::Tokens, Field::Notes, Field::Total]),
            fresh: self.rng.u32(0..10) < 7,
            stubborn: self.rng.bool(),
        }
    }

    /// One to three, for different rows and by their keys.
    fn writes(&mut self) -> Vec<Write> {
        let mut writes: Vec<Write> = (0..self.rng.usize(1..4)).map(|_| self.write()).collect();
        writes.sort_by_key(|write| write.key);
        writes.dedup_by_key(|write| write.key);
        writes
    }

    fn one_of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.rng.usize(0..all.len())]
    }
}

impl Part {
    fn key(&self) -> i32 {
        match self {
            Self::Load(key) | Self::Touch(key) | Self::Lock(key) | Self::Raw(key) => *key,
            Self::Save(write) => write.key,
            Self::Savepoint(writes, _) => writes.first().map_or(0, |write| write.key),
        }
    }
}

/// Whether there is a closure of the caller's.
fn calls_back(step: &Step) -> bool {
    match step {
        Step::Modify(_) => true,
        Step::SaveTracked(_, refused) => *refused == Refused::Rebase,
        Step::Transaction(transaction) => transaction.style != Style::Plain,
        _ => false,
    }
}

/// Of a transaction whose end nobody knows, every write is to leave a trace; and of a loop it is to be seen on which row each of its
/// attempts was based.
fn traced(step: Step) -> Step {
    let mut transaction = match step {
        Step::SaveTracked(write, Refused::Merge) => return Step::SaveTracked(write, Refused::Rebase),
        Step::Transaction(transaction) => transaction,
        step => return step,
    };
    // Its root is touched.
    if transaction.style == Style::WithChildren {
        transaction.style = Style::Optimistic;
    }
    for part in &mut transaction.parts {
        if let Part::Touch(key) = *part {
            *part = Part::Load(key);
        }
    }
    Step::Transaction(transaction)
}
