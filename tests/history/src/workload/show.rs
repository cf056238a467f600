//! Steps in words.

use std::fmt;

use super::{Part, Step, Transaction, Write};

/// As short as it can be read.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(key) => write!(f, "load {key}"),
            Self::LoadAll => f.write_str("load all"),
            Self::LoadTracked(key) => write!(f, "load tracked {key}"),
            Self::Create(key) => write!(f, "create {key}"),
            Self::Insert(key) => write!(f, "insert {key}"),
            Self::CreateIfAbsent(key) => write!(f, "create if absent {key}"),
            Self::Save(write) => write!(f, "save {write}"),
            Self::SaveUnanswered(write) => write!(f, "save without an answer {write}"),
            Self::SaveIf(write, holds) => write!(f, "save if {holds} {write}"),
            Self::SaveExpecting(write, true) => write!(f, "save expecting {write}"),
            Self::SaveExpecting(write, false) => write!(f, "save expecting another version {write}"),
            Self::SaveReporting(write) => write!(f, "save or report {write}"),
            Self::Upsert(write) => write!(f, "upsert {write}"),
            Self::Touch(key) => write!(f, "touch {key}"),
            Self::TouchAt(key) => write!(f, "touch by key and version {key}"),
            Self::Hide(key) => write!(f, "hide or bring back {key}"),
            Self::Update(write) => write!(f, "update {write}"),
            Self::UpdateAt(write) => write!(f, "update by key and version {write}"),
            Self::Delete(key) => write!(f, "delete {key}"),
            Self::DeleteAt(key) => write!(f, "delete by key and version {key}"),
            Self::SaveAll(writes) => write!(f, "save all{}", Listed(writes)),
            Self::SaveAllTracked(writes) => write!(f, "save all tracked{}", Listed(writes)),
            Self::DeleteAll(keys) => write!(f, "delete all{}", Listed(keys)),
            Self::SaveTracked(write, refused) => write!(f, "save tracked {write} (if refused: {refused:?})"),
            Self::Modify(write) => write!(f, "modify {write}"),
            Self::Raw(key) => write!(f, "raw {key}"),
            Self::Transaction(transaction) => transaction.fmt(f),
            Self::Faulty(fault, step) => write!(f, "{step} [{fault}]"),
        }
    }
}

impl fmt::Display for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.commit { "commit" } else { "roll back" };
        write!(f, "{:?} transaction (", self.style)?;
        for part in &self.parts {
            match part {
                Part::Load(key) => write!(f, "load {key}, ")?,
                Part::Save(write) => write!(f, "save {write}, ")?,
                Part::Touch(key) => write!(f, "touch {key}, ")?,
                Part::Lock(key) => write!(f, "lock {key}, ")?,
                Part::Raw(key) => write!(f, "raw {key}, ")?,
                Part::Savepoint(writes, true) => write!(f, "savepoint{}, ", Listed(writes))?,
                Part::Savepoint(writes, false) => write!(f, "savepoint rolled back{}, ", Listed(writes))?,
            }
        }
        write!(f, "{end})")
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
