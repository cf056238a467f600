//! What the workers choose to do: all of it is drawn from the seed before they begin, so that a seed replays the same choices.

use std::fmt;

use crate::row::Field;

/// One thing to do, with whatever the worker holds of the row. Where it holds nothing, it reads the row first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reads a row and holds it.
    Load(i32),
    /// Reads all rows by one SELECT, and holds none.
    LoadAll,
    /// Reads a row and holds it as `Tracked`.
    LoadTracked(i32),
    /// Inserts the row, if it is not there.
    Create(i32),
    /// Edits the value and saves it.
    Save(Write),
    /// The same, and the answer is lost: the worker does not know whether it is done.
    SaveUnanswered(Write),
    /// Moves the version of a row.
    Touch(i32),
    /// Writes one column.
    Update(Write),
    /// Deletes the row.
    Delete(i32),
    /// Edits the values of these rows and saves them, all or none.
    SaveAll(Vec<Write>),
    /// Deletes these rows, all or none.
    DeleteAll(Vec<i32>),
    /// Edits and saves a tracked value; if it is refused, `Refused` says what next.
    SaveTracked(Write, Refused),
    /// `modify` with a retry policy.
    Modify(Write),
    /// An UPDATE without a version.
    Raw(i32),
    /// Several steps that are committed or not.
    Transaction(Transaction),
}

/// What to write, and on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// The row.
    pub key: i32,
    /// The column.
    pub field: Field,
    /// Whether to read the row before, instead of taking what is held.
    pub fresh: bool,
    /// Whether to hold on to a value that was refused, and so to try it again some time.
    pub stubborn: bool,
}

/// What to do with a tracked value that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Holds it as it is.
    Keep,
    /// Reads it anew; the edits are lost.
    Reload,
    /// Rebases, and saves again; what cannot be merged is theirs.
    Rebase,
}

/// How a transaction is begun and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `optimistic_transaction`, which is handed the values.
    Optimistic,
    /// `optimistic_transaction`, which is handed one tracked value.
    OptimisticTracked,
    /// Diesel's own.
    Plain,
    /// `run` of a `RetryPolicy`: reads the rows itself, each time.
    Run,
}

/// Several writes as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// How.
    pub style: Style,
    /// In this order.
    pub parts: Vec<Part>,
    /// Whether it ends well if nothing goes wrong.
    pub commit: bool,
    /// Whether to go on after a conflict, without what was refused.
    pub careless: bool,
}

/// A part of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Reads a row.
    Load(i32),
    /// Edits and saves.
    Save(Write),
    /// Moves the version.
    Touch(i32),
    /// An UPDATE without a version.
    Raw(i32),
    /// A savepoint around saves.
    Savepoint(Vec<Write>, bool),
}

/// What is done how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// All that there is.
    Everything,
    /// Reads and saves, for implementations that have nothing else.
    Saves,
    /// `modify` too.
    SavesAndModifies,
}

/// What all workers do in one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many rows there are.
    pub rows: i32,
    /// For each worker.
    pub steps: Vec<Vec<Step>>,
}

impl Plan {
    /// Draws about `operations` from the seed.
    #[must_use]
    pub fn draw(seed: u64, round: u64, mix: Mix, workers: usize, operations: usize) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ round);
        let rows = rng.i32(2..=6);
        let mut steps = vec![Vec::new(); workers];
        let mut drawn = 0;
        while drawn < operations {
            for worker in &mut steps {
                let step = Draw { rng: &mut rng, rows }.step(mix);
                drawn += step.operations();
                worker.push(step);
            }
        }
        Self { rows, steps }
    }

    /// How many steps are left.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.iter().map(Vec::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Step {
    /// About how many calls it takes.
    fn operations(&self) -> usize {
        match self {
            Self::Transaction(transaction) => 1 + transaction.parts.len(),
            Self::SaveAll(rows) => 1 + rows.len(),
            Self::LoadAll => 4,
            _ => 2,
        }
    }
}

/// As short as it can be read.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(key) => write!(f, "load {key}"),
            Self::LoadAll => f.write_str("load all"),
            Self::LoadTracked(key) => write!(f, "load tracked {key}"),
            Self::Create(key) => write!(f, "create {key}"),
            Self::Save(write) => write!(f, "save {write}"),
            Self::SaveUnanswered(write) => write!(f, "save without an answer {write}"),
            Self::Touch(key) => write!(f, "touch {key}"),
            Self::Update(write) => write!(f, "update {write}"),
            Self::Delete(key) => write!(f, "delete {key}"),
            Self::SaveAll(writes) => write!(f, "save all{}", Listed(writes)),
            Self::DeleteAll(keys) => write!(f, "delete all{}", Listed(keys)),
            Self::SaveTracked(write, refused) => write!(f, "save tracked {write} (if refused: {refused:?})"),
            Self::Modify(write) => write!(f, "modify {write}"),
            Self::Raw(key) => write!(f, "raw {key}"),
            Self::Transaction(transaction) => {
                let end = if transaction.commit { "commit" } else { "roll back" };
                write!(f, "{:?} transaction (", transaction.style)?;
                for part in &transaction.parts {
                    match part {
                        Part::Load(key) => write!(f, "load {key}, ")?,
                        Part::Save(write) => write!(f, "save {write}, ")?,
                        Part::Touch(key) => write!(f, "touch {key}, ")?,
                        Part::Raw(key) => write!(f, "raw {key}, ")?,
                        Part::Savepoint(writes, true) => write!(f, "savepoint{}, ", Listed(writes))?,
                        Part::Savepoint(writes, false) => {
                            write!(f, "savepoint rolled back{}, ", Listed(writes))?;
                        }
                    }
                }
                write!(f, "{end})")
            }
        }
    }
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = if self.fresh { "" } else { " as held" };
        write!(f, "{}{on} ({:?})", self.key, self.field)
    }
}

struct Listed<'l, T>(&'l [T]);

impl<T: fmt::Display> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|item| write!(f, " {item}"))
    }
}

struct Draw<'r> {
    rng: &'r mut fastrand::Rng,
    rows: i32,
}

impl Draw<'_> {
    fn step(&mut self, mix: Mix) -> Step {
        let kind = match mix {
            Mix::Everything => self.rng.u32(0..100),
            // Of those below: a read, a save, and with `modify` that as well.
            Mix::Saves => *self.one_of(&[0, 20, 20]),
            Mix::SavesAndModifies => *self.one_of(&[0, 20, 20, 80]),
        };
        match kind {
            0..8 => Step::Load(self.key()),
            8..12 => Step::LoadAll,
            12..14 => Step::LoadTracked(self.key()),
            14..20 => Step::Create(self.key()),
            20..34 => Step::Save(self.write()),
            34..36 => Step::SaveUnanswered(self.write()),
            36..40 => Step::Touch(self.key()),
            40..43 => Step::Update(self.write()),
            43..45 => Step::Delete(self.key()),
            45..51 => Step::SaveAll(self.writes()),
            51..52 => Step::DeleteAll(self.writes().iter().take(2).map(|write| write.key).collect()),
            52..66 => {
                let refused =
                    *self.one_of(&[Refused::Keep, Refused::Reload, Refused::Rebase, Refused::Rebase]);
                Step::SaveTracked(self.write(), refused)
            }
            66..70 => Step::Raw(self.key()),
            70..84 => Step::Modify(self.write()),
            _ => Step::Transaction(self.transaction()),
        }
    }

    fn transaction(&mut self) -> Transaction {
        let style = *self.one_of(&[Style::Optimistic, Style::OptimisticTracked, Style::Plain, Style::Run]);
        let mut parts: Vec<Part> = (0..self.rng.usize(1..4)).map(|_| self.part()).collect();
        // Crossing orders end in deadlocks, which are right but slow: most go by the key.
        if self.rng.u32(0..8) != 0 {
            parts.sort_by_key(Part::key);
        }
        Transaction { style, parts, commit: self.rng.u32(0..4) != 0, careless: self.rng.u32(0..3) == 0 }
    }

    fn part(&mut self) -> Part {
        match self.rng.u32(0..12) {
            0..2 => Part::Load(self.key()),
            2 => Part::Touch(self.key()),
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
            Self::Load(key) | Self::Touch(key) | Self::Raw(key) => *key,
            Self::Save(write) => write.key,
            Self::Savepoint(writes, _) => writes.first().map_or(0, |write| write.key),
        }
    }
}
