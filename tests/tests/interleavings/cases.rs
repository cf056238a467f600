//! Who meets whom.

/// What a writer does. Each reads first; `modify_optimistic` does so itself, in a transaction of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Save,
    Delete,
    /// Deletes the row, and inserts another one under its key, with plain Diesel, at this version.
    Reinsert(i32),
    /// Saves these rows at once, in this order.
    Batch(&'static [usize]),
    /// Saves a tracked value, and after a conflict rebases it and saves it again.
    Rebase,
    Modify,
    Touch,
    /// Locks the row after it was read, and then saves.
    Lock,
    /// Writes without looking at the version: what occ is there to prevent.
    Blind,
}

/// Whether a writer's statements are in a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Each by itself.
    Autocommit,
    Transaction,
    /// `BEGIN IMMEDIATE`, of SQLite.
    Immediate,
}

/// Where the writers meet.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    pub name: &'static str,
    pub mode: Mode,
    /// What each connection runs first.
    pub setup: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub name: &'static str,
    pub writers: &'static [Act],
    /// The writers do the same: of orders that differ in their names alone, one is tried.
    pub alike: bool,
}

const fn case(name: &'static str, writers: &'static [Act]) -> Case {
    Case { name, writers, alike: false }
}

pub const CASES: [Case; 11] = [
    case("save, save", &[Act::Save, Act::Save]),
    Case { alike: true, ..case("save, save, save", &[Act::Save, Act::Save, Act::Save]) },
    case("save, delete", &[Act::Save, Act::Delete]),
    case("delete and `INSERT`, save", &[Act::Reinsert(101), Act::Save]),
    case("delete, delete", &[Act::Delete, Act::Delete]),
    case("touch, save", &[Act::Touch, Act::Save]),
    case("save with rebase, save", &[Act::Rebase, Act::Save]),
    case("modify, save", &[Act::Modify, Act::Save]),
    case("batch of rows 1 and 2, batch of 2 and 3", &[Act::Batch(&[0, 1]), Act::Batch(&[1, 2])]),
    case("batch of rows 1 and 2, batch of 2 and 1", &[Act::Batch(&[0, 1]), Act::Batch(&[1, 0])]),
    case("lock and save, save", &[Act::Lock, Act::Save]),
];

/// The control: writers without a check do lose writes.
pub const UNCHECKED: Case = case("blind, blind", &[Act::Blind, Act::Blind]);

/// A counter that starts anew comes to numbers that it had before: this is the known way past it.
pub const STARTED_ANEW: Case = case("delete and `INSERT` at version 1, save", &[Act::Reinsert(1), Act::Save]);

impl Case {
    /// SQLite locks no rows, and outside of a transaction a lock is gone at once.
    pub fn is_at(&self, mode: Mode, has_row_locks: bool) -> bool {
        !self.writers.contains(&Act::Lock) || (has_row_locks && mode == Mode::Transaction)
    }
}
