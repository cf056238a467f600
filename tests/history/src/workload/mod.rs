//! What the workers choose to do: all of it is drawn from the seed before they begin, so that a seed replays the same choices.

mod draw;
mod show;

use crate::fault::Fault;
use crate::row::Field;
use draw::Draw;

/// One thing to do, with whatever the worker holds of the row. Where it holds nothing, it reads the row first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Reads a row and holds it.
    Load(i32),
    /// Reads all rows by one SELECT, and holds none.
    LoadAll,
    /// Reads a row and holds it as `Tracked`.
    LoadTracked(i32),
    /// Inserts the row by Diesel, if it is not there.
    Create(i32),
    /// Inserts a value by `insert_optimistic`.
    Insert(i32),
    /// Gets the row or makes it, by `create_if_absent`, and holds it.
    CreateIfAbsent(i32),
    /// Edits the value and saves it.
    Save(Write),
    /// The same, and the answer is lost: the worker does not know whether it is done.
    SaveUnanswered(Write),
    /// The same, if a predicate holds for the row, which it does or does not.
    SaveIf(Write, bool),
    /// The same, if the value is at the version that a client names, which it is or is not.
    SaveExpecting(Write, bool),
    /// Edits the value and saves it over whatever is there, which is reported.
    SaveReporting(Write),
    /// Edits the value and writes it by an upsert that expects its version.
    Upsert(Write),
    /// Moves the version of a row.
    Touch(i32),
    /// The same with nothing but the key and the version.
    TouchAt(i32),
    /// Deletes a row by a mark, or brings it back.
    Hide(i32),
    /// Writes one column.
    Update(Write),
    /// The same with nothing but the key and the version.
    UpdateAt(Write),
    /// Deletes the row.
    Delete(i32),
    /// The same with nothing but the key and the version.
    DeleteAt(i32),
    /// Edits the values of these rows and saves them, all or none.
    SaveAll(Vec<Write>),
    /// The same with tracked values.
    SaveAllTracked(Vec<Write>),
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
    /// A step in which something goes wrong.
    Faulty(Fault, Box<Step>),
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
    /// The same by `save_merging_with`.
    Merge,
}

/// How a transaction is begun and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `optimistic_transaction`, which is handed the values.
    Optimistic,
    /// `optimistic_transaction`, which is handed one tracked value.
    OptimisticTracked,
    /// The same, in whose closure a tracked value is saved without having been handed over.
    OptimisticCaptured,
    /// Diesel's own.
    Plain,
    /// `run` of a `RetryPolicy`: reads the rows itself, each time.
    Run,
    /// `run_with` of a `RetryPolicy`, which is handed the values and reloads them, each time.
    RunWith,
    /// `with_these_children` of the first of the rows.
    WithChildren,
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
    /// Locks the row, if it is at the version of the value; SQLite only looks.
    Lock(i32),
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
    /// The same, and in some steps one of these faults.
    Faults(Faults),
    /// Reads and saves, for implementations that have nothing else.
    Saves,
    /// `modify` too.
    SavesAndModifies,
}

/// Which faults there are in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Faults {
    /// A proxy can be put between the worker and the server.
    pub server: bool,
    /// An administrator can end what runs there.
    pub administrator: bool,
    /// Futures wait, and can be dropped.
    pub futures: bool,
    /// The database is a file, which can be full.
    pub file: bool,
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
            Self::SaveAll(rows) | Self::SaveAllTracked(rows) => 1 + rows.len(),
            Self::LoadAll => 4,
            Self::Faulty(_, step) => step.operations(),
            _ => 2,
        }
    }
}
