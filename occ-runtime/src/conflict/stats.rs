//! What people collide on, counted, and what would help.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::conflict::Conflict;
use crate::model::fields::{Field, Rule, Trackable, fields};

/// Counts the conflicts of a program by table and field, and says what would help. It keeps names and numbers, and no value.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, Tracked, prelude::*};
/// use occ_runtime::conflict::{Advice, ConflictStats};
#[doc = include_str!("../example_tracked.txt")]
/// # let conn = &mut connection();
///
/// static STATS: ConflictStats = ConflictStats::new();
///
/// # let mut mine = articles::table.find(1).select(Tracked::<Article>::as_select()).first(conn)?;
/// # let mut theirs = mine.clone();
/// # theirs.body = "They open.".into();
/// # theirs.save_optimistic(conn)?;
/// mine.title = "Locks".into();
/// if mine.save_optimistic(conn).is_err_and(|error| error.is_stale()) {
///     STATS.record(&mine.conflict(conn)?);
///     mine.rebase(conn)?;
///     mine.save_optimistic(conn)?;
/// }
///
/// let table = &STATS.tables()[0];
/// assert_eq!((table.table(), table.conflicts()), ("articles", 1));
/// assert_eq!(table.advice(), [Advice::Merge { conflicts: 1 }, Advice::Unversion { field: "body", conflicts: 1 }]);
/// println!("{STATS}");
/// # Ok::<_, Error>(())
/// ```
pub struct ConflictStats(Mutex<BTreeMap<&'static str, TableConflicts>>);

impl ConflictStats {
    /// Nothing is counted yet. It is `const`, for a `static`.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// Counts a conflict: that of a [`Tracked`](crate::Tracked) value knows what each side has changed. One without a base is
    /// counted, and says nothing of the fields.
    pub fn record<T: Trackable>(&self, conflict: &Conflict<T>) {
        // The user's code compares the fields, so outside of the lock.
        let changes = changes_of(conflict);
        let mut tables = self.lock();
        let table = tables.entry(T::table_name()).or_insert_with(|| TableConflicts::of(T::table_name()));
        table.add(conflict.is_deleted(), changes);
    }

    /// What was counted until now, by table.
    #[must_use]
    pub fn tables(&self) -> Vec<TableConflicts> {
        self.lock().values().cloned().collect()
    }

    /// Begins anew.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, TableConflicts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ConflictStats {
    fn default() -> Self {
        Self::new()
    }
}

/// A paragraph for each table.
impl fmt::Display for ConflictStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tables().iter().try_for_each(|table| writeln!(f, "{table}"))
    }
}

impl fmt::Debug for ConflictStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConflictStats").field(&self.tables()).finish()
    }
}

/// A field that somebody has changed.
struct Change {
    field: &'static str,
    is_mine: bool,
    is_theirs: bool,
    is_ruled: bool,
}

/// What each side has changed, if that is known.
fn changes_of<T: Trackable>(conflict: &Conflict<T>) -> Option<Vec<Change>> {
    let (base, theirs) = (conflict.base()?, conflict.theirs()?);
    let change = |field: Field<T>| {
        let is_mine = field.is_changed(base, conflict.mine());
        let is_theirs = field.is_written(theirs) && !field.is_same(base, theirs);
        let is_ruled = !matches!(field.merge_rule(), Rule::Ask);
        (is_mine || is_theirs).then_some(Change { field: field.name(), is_mine, is_theirs, is_ruled })
    };
    Some(fields::<T>().filter(|field| !field.is_key()).filter_map(change).collect())
}

/// The conflicts of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableConflicts {
    table: &'static str,
    conflicts: u64,
    deleted: u64,
    /// Those of which it is known what each side has changed.
    known: u64,
    /// Those of them in which no field without a rule was changed by both.
    mergeable: u64,
    fields: BTreeMap<&'static str, FieldConflicts>,
}

/// How often a field was part of a conflict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct FieldConflicts {
    mine: u64,
    both: u64,
    /// Nothing else had been changed by others.
    alone: u64,
    is_ruled: bool,
}

impl TableConflicts {
    fn of(table: &'static str) -> Self {
        Self { table, conflicts: 0, deleted: 0, known: 0, mergeable: 0, fields: BTreeMap::new() }
    }

    fn add(&mut self, is_deleted: bool, changes: Option<Vec<Change>>) {
        self.conflicts += 1;
        self.deleted += u64::from(is_deleted);
        let Some(changes) = changes else { return };
        self.known += 1;
        self.mergeable +=
            u64::from(!changes.iter().any(|change| change.is_mine && change.is_theirs && !change.is_ruled));
        let mut theirs = changes.iter().filter(|change| change.is_theirs);
        let alone = theirs.next().filter(|_| theirs.next().is_none()).map(|change| change.field);
        for change in changes {
            let field = self.fields.entry(change.field).or_default();
            field.mine += u64::from(change.is_mine);
            field.both += u64::from(change.is_mine && change.is_theirs);
            field.alone += u64::from(alone == Some(change.field));
            field.is_ruled = change.is_ruled;
        }
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// How many conflicts there were.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.conflicts
    }

    /// In how many of them the row was gone.
    #[must_use]
    pub fn deleted(&self) -> u64 {
        self.deleted
    }

    /// The fields that both sides had changed, each with how often, the most frequent first.
    #[must_use]
    pub fn clashes(&self) -> Vec<(&'static str, u64)> {
        let mut clashes: Vec<_> = self
            .fields
            .iter()
            .map(|(field, counts)| (*field, counts.both))
            .filter(|(_, both)| *both > 0)
            .collect();
        clashes.sort_by_key(|(_, both)| std::cmp::Reverse(*both));
        clashes
    }

    /// What would have spared at least a quarter of the conflicts of which both sides are known.
    #[must_use]
    pub fn advice(&self) -> Vec<Advice> {
        let is_much = |conflicts: u64| conflicts > 0 && conflicts.saturating_mul(4) >= self.known;
        let mut advice = Vec::new();
        if is_much(self.mergeable) {
            advice.push(Advice::Merge { conflicts: self.mergeable });
        }
        for (field, counts) in &self.fields {
            // What my saves write they have to check.
            if counts.mine == 0 && is_much(counts.alone) {
                advice.push(Advice::Unversion { field, conflicts: counts.alone });
            }
            if !counts.is_ruled && is_much(counts.both) {
                advice.push(Advice::Rule { field, conflicts: counts.both });
            }
        }
        let fought_over = self.known - self.mergeable;
        if is_much(fought_over) {
            advice.push(Advice::Lock { conflicts: fought_over });
        }
        advice
    }
}

/// The numbers and the advice, a line for each.
impl fmt::Display for TableConflicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, conflicts, deleted, known, .. } = self;
        write!(
            f,
            "`{table}`: {conflicts} conflicts, in {deleted} of them the row was gone, of {known} both sides are known"
        )?;
        for (field, both) in self.clashes() {
            write!(f, "\n  both sides had changed `{field}` in {both}")?;
        }
        self.advice().iter().try_for_each(|advice| write!(f, "\n  {advice}"))
    }
}

/// What would spare conflicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// No field without a rule was changed by both sides.
    Merge {
        /// How many conflicts it would have spared.
        conflicts: u64,
    },
    /// Others had changed nothing but this field, which was never changed in what was to be saved.
    Unversion {
        /// The field's name.
        field: &'static str,
        /// How many conflicts it would have spared.
        conflicts: u64,
    },
    /// Both sides had changed this field, which has no rule.
    Rule {
        /// The field's name.
        field: &'static str,
        /// In how many conflicts.
        conflicts: u64,
    },
    /// Both sides had changed a field that has no rule.
    Lock {
        /// In how many conflicts.
        conflicts: u64,
    },
}

/// A sentence.
impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Merge { conflicts } => {
                write!(f, "merge: `save_merging` would have saved {conflicts} of them without a question")
            }
            Self::Unversion { field, conflicts } => write!(
                f,
                "unversion: in {conflicts} others had changed nothing but `{field}`; if no save depends on it, make it \
                 `#[occ(unversioned)]` and write it with `save_unversioned`"
            ),
            Self::Rule { field, conflicts } => write!(
                f,
                "a rule: in {conflicts} both had changed `{field}`; if it is a counter make it `#[occ(merge = add)]`, else \
                 see the other rules"
            ),
            Self::Lock { conflicts } => write!(
                f,
                "lock: {conflicts} were about the same field, for which there is no rule; take the row with `lock_optimistic` before it is \
                 changed, or split it"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Advice, Change, TableConflicts};

    /// Conflicts as they are written here: `m`ine, `t`heirs or `b`oth, of the fields a, b and c; `+` has a rule.
    fn table(conflicts: &[&str]) -> TableConflicts {
        let mut table = TableConflicts::of("articles");
        for conflict in conflicts {
            let changes = conflict.split(' ').zip(["a", "b", "c"]).filter(|(change, _)| *change != "-");
            let change = |(change, field): (&str, &'static str)| Change {
                field,
                is_mine: change.starts_with(['m', 'b']),
                is_theirs: change.starts_with(['t', 'b']),
                is_ruled: change.ends_with('+'),
            };
            table.add(false, Some(changes.map(change).collect()));
        }
        table
    }

    #[test]
    fn what_would_help_is_told_from_what_each_side_has_changed() {
        for (conflicts, advice) in [
            (
                &["m t -"][..],
                &[Advice::Merge { conflicts: 1 }, Advice::Unversion { field: "b", conflicts: 1 }][..],
            ),
            (&["m t t"], &[Advice::Merge { conflicts: 1 }]),
            (
                &["m t -", "- m t"],
                &[Advice::Merge { conflicts: 2 }, Advice::Unversion { field: "c", conflicts: 1 }],
            ),
            (&["b - -"], &[Advice::Rule { field: "a", conflicts: 1 }, Advice::Lock { conflicts: 1 }]),
            (&["b+ - -"], &[Advice::Merge { conflicts: 1 }]),
            // One of five is not worth a word.
            (&["m t t", "m t t", "m t t", "m t t", "b - -"], &[Advice::Merge { conflicts: 4 }]),
            (&[], &[]),
        ] {
            assert_eq!(table(conflicts).advice(), advice, "{conflicts:?}");
        }
    }

    #[test]
    fn the_text_has_the_numbers_and_the_advice() {
        let mut table = table(&["b - -", "b b -"]);
        table.add(true, None);
        assert_eq!(table.clashes(), [("a", 2), ("b", 1)]);
        let text = table.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[0],
            "`articles`: 3 conflicts, in 1 of them the row was gone, of 2 both sides are known"
        );
        assert_eq!(lines[1..3], ["  both sides had changed `a` in 2", "  both sides had changed `b` in 1"]);
        assert!(lines[3].starts_with("  a rule: in 2 both had changed `a`"), "{text}");
        assert!(lines[5].starts_with("  lock: 2 were about the same field"), "{text}");
    }
}
