//! Two holders of one row edit, save, rebase, reload and roll back at random, and a model of it all keeps count: no edit is
//! lost, and none is in the row twice.

use std::collections::BTreeSet;

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, Tracked};
use occ_tests::report::measured;

use super::cell::{
    Conn, Database, batch, begin, commit, connect, first, rebase, reload_tracked, rollback, save_tracked,
    transaction,
};

diesel::table! {
    counters (id) {
        id -> Integer,
        sum -> BigInt,
        label -> Integer,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
pub struct Counter {
    id: i32,
    #[occ(merge = add)]
    sum: i64,
    label: i32,
    version: i32,
}

/// Numbers from a seed, so that a failure can be seen again.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

/// What a holder has in memory that the row has not.
#[derive(Clone, Debug, Default)]
struct Pending {
    /// Each edit of the sum adds a power of two of its own.
    bits: BTreeSet<u32>,
    label: Option<i32>,
}

struct Holder {
    conn: Conn,
    value: Tracked<Counter>,
    /// Not in the row.
    pending: Pending,
    /// The label that its own is based on.
    seen_label: i32,
}

/// What is committed.
#[derive(Clone, Debug)]
struct Row {
    bits: BTreeSet<u32>,
    label: i32,
}

struct Model {
    row: Row,
    /// Whether the last rebase or reload succeeded.
    last_was_ok: bool,
    next_bit: u32,
    refused: usize,
    accepted: usize,
}

fn sum(bits: &BTreeSet<u32>) -> i64 {
    bits.iter().map(|bit| 1_i64 << bit).sum()
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Add,
    Label,
    Save,
    Rebase,
    Reload,
}

fn step(dice: &mut Dice) -> Step {
    match dice.throw(10) {
        0..=2 => Step::Add,
        3 => Step::Label,
        4..=6 => Step::Save,
        7 | 8 => Step::Rebase,
        _ => Step::Reload,
    }
}

impl Model {
    /// What is in `pending` has to be in memory, on top of what the holder has seen.
    fn edit(&mut self, step: Step, value: &mut Tracked<Counter>, pending: &mut Pending) {
        if matches!(step, Step::Add) && self.next_bit < 60 {
            value.sum += 1_i64 << self.next_bit;
            pending.bits.insert(self.next_bit);
            self.next_bit += 1;
        } else {
            let label = i32::try_from(self.next_bit).unwrap() * 100 + value.label % 100 + 1;
            value.label = label;
            pending.label = Some(label);
        }
    }

    /// Does one step on the holder's connection; `row` is what that connection sees.
    async fn take(
        &mut self,
        step: Step,
        conn: &mut Conn,
        value: &mut Tracked<Counter>,
        pending: &mut Pending,
        seen_label: &mut i32,
        row: &mut Row,
    ) {
        self.last_was_ok = false;
        match step {
            Step::Add | Step::Label => self.edit(step, value, pending),
            Step::Save => match save_tracked(value, conn).await {
                Ok(()) => {
                    if let Some(label) = pending.label.take() {
                        assert_eq!(*seen_label, row.label, "a label was overwritten that nobody has seen");
                        row.label = label;
                    }
                    row.bits.append(&mut pending.bits);
                    *seen_label = row.label;
                    self.accepted += 1;
                }
                Err(error) => {
                    assert!(error.is_stale(), "{error}");
                    self.refused += 1;
                }
            },
            Step::Rebase => match rebase(value, conn).await {
                Ok(()) => {
                    self.last_was_ok = true;
                    *seen_label = row.label;
                    let mut both = row.bits.clone();
                    both.extend(&pending.bits);
                    assert_eq!(value.sum, sum(&both), "row {row:?} and {pending:?}");
                    if pending.label == Some(row.label) {
                        pending.label = None;
                    }
                    assert_eq!(value.label, pending.label.unwrap_or(row.label));
                }
                Err(Error::Unmerged(_)) => assert!(pending.label.is_some() && *seen_label != row.label),
                Err(error) => {
                    assert!(error.is_stale(), "{error}");
                    self.refused += 1;
                }
            },
            Step::Reload => {
                reload_tracked(value, conn).await.unwrap();
                self.last_was_ok = true;
                *pending = Pending::default();
                *seen_label = row.label;
                assert_eq!((value.sum, value.label), (sum(&row.bits), row.label));
            }
        }
    }

    /// Some steps in a transaction of occ's; rolled back, what was saved in it is in memory alone. If the value was read anew
    /// in it, it is as before.
    async fn transact(&mut self, dice: &mut Dice, holder: &mut Holder, ends_well: bool) {
        let before = (holder.value.clone(), holder.pending.clone(), holder.seen_label);
        let steps: Vec<Step> = (0..=dice.throw(4)).map(|_| step(dice)).collect();
        let mut row = self.row.clone();
        let mut was_read = false;
        let Holder { conn, value, pending, seen_label } = holder;
        let outcome = transaction(conn, &mut *value, async |conn, value| {
            for step in steps {
                self.take(step, conn, value, pending, seen_label, &mut row).await;
                was_read |= matches!(step, Step::Rebase | Step::Reload) && self.last_was_ok;
            }
            if ends_well { Ok(()) } else { Err(Error::from(diesel::result::Error::RollbackTransaction)) }
        })
        .await;
        assert_eq!(outcome.is_ok(), ends_well);
        if ends_well {
            self.row = row;
        } else if was_read {
            assert_eq!(*value, before.0);
            (*pending, *seen_label) = (before.1, before.2);
        } else {
            assert_eq!((value.original(), value.version), (before.0.original(), before.0.version));
            self.take_back(row, pending);
            *seen_label = before.2;
        }
    }

    /// What was in the row, and is not any more.
    fn take_back(&self, row: Row, pending: &mut Pending) {
        let mut in_memory = row.bits;
        in_memory.retain(|bit| !self.row.bits.contains(bit));
        pending.bits.append(&mut in_memory);
        if row.label != self.row.label {
            pending.label.get_or_insert(row.label);
        }
    }

    /// Some steps in a plain transaction; rolled back, what was saved in it is in memory alone.
    async fn transact_plainly(&mut self, dice: &mut Dice, holder: &mut Holder, ends_well: bool) {
        let Holder { conn, value, pending, seen_label } = holder;
        let mut row = self.row.clone();
        let seen_before = *seen_label;
        let mut saved_label = false;
        begin(conn).await.unwrap();
        for _ in 0..=dice.throw(4) {
            let step = step(dice);
            saved_label |= matches!(step, Step::Save) && pending.label.is_some();
            self.take(step, conn, value, pending, seen_label, &mut row).await;
        }
        if ends_well {
            commit(conn).await.unwrap();
            self.row = row;
            return;
        }
        rollback(conn).await.unwrap();
        if row.label != self.row.label {
            *seen_label = if saved_label { self.row.label } else { seen_before };
        }
        self.take_back(row, pending);
    }
}

async fn create(database: &Database) {
    let conn = &mut connect(database).await;
    batch(
        "CREATE TABLE counters (id INTEGER PRIMARY KEY, sum BIGINT NOT NULL, label INTEGER NOT NULL, \
         version INTEGER NOT NULL)",
        conn,
    )
    .await
    .unwrap();
}

async fn load(conn: &mut Conn) -> Tracked<Counter> {
    first(counters::table.find(1).select(Tracked::<Counter>::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn no_edit_of_a_tracked_value_is_lost_and_none_is_there_twice(database) {
        create(database).await;
        let witness = &mut connect(database).await;
        let (mut accepted, mut refused) = (0, 0);
        let mut connections = Some((connect(database).await, connect(database).await));
        for seed in 0..60 {
            batch("DELETE FROM counters", witness).await.unwrap();
            batch("INSERT INTO counters VALUES (1, 0, 0, 1)", witness).await.unwrap();
            let mut dice = Dice(seed);
            let mut model =
                Model { row: Row { bits: BTreeSet::new(), label: 0 }, last_was_ok: false, next_bit: 0, refused: 0, accepted: 0 };
            let (a, b) = connections.take().unwrap();
            let mut holders = Vec::new();
            for mut conn in [a, b] {
                let value = load(&mut conn).await;
                holders.push(Holder { conn, value, pending: Pending::default(), seen_label: 0 });
            }
            for number in 0..40 {
                let holder = &mut holders[usize::from(dice.throw(2) == 1)];
                let ends_well = dice.throw(2) == 1;
                match dice.throw(8) {
                    0 => model.transact(&mut dice, holder, ends_well).await,
                    1 => model.transact_plainly(&mut dice, holder, ends_well).await,
                    _ => {
                        let mut row = model.row.clone();
                        let Holder { conn, value, pending, seen_label } = holder;
                        model.take(step(&mut dice), conn, value, pending, seen_label, &mut row).await;
                        model.row = row;
                    }
                }
                let stored = load(witness).await;
                assert_eq!(
                    (stored.sum, stored.label),
                    (sum(&model.row.bits), model.row.label),
                    "seed {seed}, step {number}: {:?}",
                    model.row
                );
            }
            accepted += model.accepted;
            refused += model.refused;
            let [a, b]: [Holder; 2] = holders.try_into().ok().unwrap();
            connections = Some((a.conn, b.conn));
        }
        measured(format_args!("{accepted} saves accepted and {refused} calls refused; each edit there once or not"));
        assert!(accepted > 300 && refused > 100);
    }
}
