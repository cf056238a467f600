//! The row that everyone works on: a version, and lists that every write appends a token of its own to.

use std::cell::Cell;
use std::fmt;

use diesel::prelude::*;
use occ_runtime::{OptimisticLock, VersionError, VersionGenerator, VersionTrigger};
use occ_tests::cell::Backend;

#[allow(missing_docs, reason = "the macro documents nothing that it makes")]
mod schema {
    diesel::table! {
        history_rows (id) {
            id -> Integer,
            tokens -> Text,
            notes -> Text,
            total -> BigInt,
            hidden -> Bool,
            version -> BigInt,
        }
    }
}

pub use schema::history_rows;

/// What one write adds to a list. No two writes have the same.
pub type Token = u32;

/// Each life of a row, from its INSERT to its DELETE, has versions of its own. A counter that starts anew under an old key would
/// meet old copies again, which is a limit that the README names, and not what is looked for here.
pub const VERSIONS_OF_A_LIFE: i64 = 1_000_000;

/// What is in the table, and what a worker holds of it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, OptimisticLock)]
#[diesel(table_name = history_rows)]
#[occ(tracked)]
pub struct Row {
    /// The key.
    pub id: i32,
    /// The tokens of those who have written this column, each with a comma after it.
    pub tokens: String,
    /// The same, for a second column: two people can merge what they have changed.
    pub notes: String,
    /// What the writers have added.
    #[occ(merge = add)]
    pub total: i64,
    /// Counts up by one.
    pub version: i64,
}

impl Row {
    /// A new row: the `life` is one that no row has had.
    #[must_use]
    pub fn born(id: i32, life: i64, token: Token) -> Self {
        let version = life * VERSIONS_OF_A_LIFE;
        Self { id, tokens: format!("{token},"), notes: String::new(), total: 0, version }
    }

    /// Which life of the row this is a copy of.
    #[must_use]
    pub fn life(&self) -> i64 {
        self.version.div_euclid(VERSIONS_OF_A_LIFE)
    }

    /// Whether all but the version is the same.
    #[must_use]
    pub fn has_content_of(&self, other: &Self) -> bool {
        (&self.tokens, &self.notes, self.total) == (&other.tokens, &other.notes, other.total)
    }

    /// All tokens in it.
    pub fn all_tokens(&self) -> impl Iterator<Item = Token> {
        tokens(&self.tokens).chain(tokens(&self.notes))
    }
}

/// A row as occ makes it, which says its first version: the table is the same.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = history_rows)]
pub struct Newborn {
    /// As in a [`Row`], and so the others.
    pub id: i32,
    /// One token.
    pub tokens: String,
    /// Nothing.
    pub notes: String,
    /// 0.
    pub total: i64,
    /// The first of a life.
    #[occ(version, generator = FirstOfLife)]
    pub version: i64,
}

/// A row as those have it who delete it by a mark. Another struct of the same table may have no mark.
#[derive(Clone, Debug, PartialEq, Eq, OptimisticLock)]
#[diesel(table_name = history_rows)]
pub struct Marked {
    /// As in a [`Row`].
    pub id: i32,
    /// The mark.
    #[occ(soft_delete)]
    pub hidden: bool,
    /// As in a [`Row`].
    pub version: i64,
}

/// The version of a value that is no row yet.
pub const UNBORN: i64 = -1;

thread_local! {
    /// The version with which the next row begins that is made on this thread, where each worker has its own.
    static FIRST: Cell<i64> = const { Cell::new(UNBORN) };
}

/// Begins where the worker says, since each life has versions of its own.
#[derive(Debug)]
pub struct FirstOfLife;

impl VersionGenerator<i64> for FirstOfLife {
    fn initial() -> i64 {
        FIRST.get()
    }

    fn next(current: &i64) -> Result<i64, VersionError> {
        current.checked_add(1).ok_or_else(|| VersionError::exhausted(current))
    }
}

impl Newborn {
    /// What is to become this row, which is the next that this thread makes.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        FIRST.set(row.version);
        let Row { id, tokens, notes, total, .. } = row.clone();
        Self { id, tokens, notes, total, version: UNBORN }
    }
}

impl From<Newborn> for Row {
    fn from(Newborn { id, tokens, notes, total, version }: Newborn) -> Self {
        Self { id, tokens, notes, total, version }
    }
}

fn append(list: &mut String, token: Token) {
    list.push_str(&token.to_string());
    list.push(',');
}

/// A version as it is shown: the life of the row, and which version of it.
#[must_use]
pub fn shown(version: i64) -> String {
    format!("{}.{}", version.div_euclid(VERSIONS_OF_A_LIFE), version.rem_euclid(VERSIONS_OF_A_LIFE))
}

/// The tokens of a list.
pub fn tokens(list: &str) -> impl Iterator<Item = Token> {
    list.split_terminator(',').map(|token| token.parse().unwrap_or(Token::MAX))
}

/// The end of the list is what matters, where two of them differ.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |list: &str| {
            let all: Vec<&str> = list.split_terminator(',').collect();
            let shown = all[all.len().saturating_sub(6)..].join(" ");
            if all.len() > 6 { format!("{} tokens .. {shown}", all.len()) } else { shown }
        };
        write!(f, "version {} [{}]", shown(self.version), end(&self.tokens))?;
        if !self.notes.is_empty() {
            write!(f, " notes [{}]", end(&self.notes))?;
        }
        if self.total != 0 {
            write!(f, " total {}", self.total)?;
        }
        Ok(())
    }
}

/// A column that a worker changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Appends to `tokens`.
    Tokens,
    /// Appends to `notes`.
    Notes,
    /// Adds to `total`.
    Total,
}

/// What a value in memory has on top of the row that it was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// In the order of their appending.
    pub tokens: Vec<Token>,
    /// The same.
    pub notes: Vec<Token>,
    /// What was added.
    pub total: i64,
    /// Each part of it.
    pub sums: Vec<Token>,
}

impl Edits {
    /// One write. To `total` the token itself is added, so that each sum tells its parts apart well enough.
    #[must_use]
    pub fn one(field: Field, token: Token) -> Self {
        let mut edits = Self::default();
        match field {
            Field::Tokens => edits.tokens.push(token),
            Field::Notes => edits.notes.push(token),
            Field::Total => (edits.total, edits.sums) = (i64::from(token), vec![token]),
        }
        edits
    }

    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These, and `later` ones.
    pub fn extend(&mut self, later: &Self) {
        self.tokens.extend(&later.tokens);
        self.notes.extend(&later.notes);
        self.total += later.total;
        self.sums.extend(&later.sums);
    }

    /// These, but for what is in `others`.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        let left = |mine: &[Token], theirs: &[Token]| {
            mine.iter().filter(|token| !theirs.contains(token)).copied().collect()
        };
        Self {
            tokens: left(&self.tokens, &others.tokens),
            notes: left(&self.notes, &others.notes),
            total: self.total - others.total,
            sums: left(&self.sums, &others.sums),
        }
    }

    /// Changes a row in memory.
    pub fn apply(&self, row: &mut Row) {
        for token in &self.tokens {
            append(&mut row.tokens, *token);
        }
        for token in &self.notes {
            append(&mut row.notes, *token);
        }
        row.total += self.total;
    }

    /// These, with those parts of the sum that make it up, of the first or the last of `sums`.
    #[must_use]
    pub fn of_sums(self, sums: &[Token]) -> Self {
        let is_it = |part: &&[Token]| part.iter().map(|sum| i64::from(*sum)).sum::<i64>() == self.total;
        let parts = (0..=sums.len()).flat_map(|place| [&sums[place..], &sums[..place]]);
        let found = parts.into_iter().find(|part| is_it(&&**part)).unwrap_or_default().to_vec();
        Self { sums: found, ..self }
    }

    /// Those that the row has; a sum, which leaves no trace, is taken to be there.
    #[must_use]
    pub fn of_those_in(self, row: &Row) -> Self {
        let there = |list: &str, mine: Vec<Token>| -> Vec<Token> {
            let all: Vec<Token> = tokens(list).collect();
            mine.into_iter().filter(|token| all.contains(token)).collect()
        };
        Self { tokens: there(&row.tokens, self.tokens), notes: there(&row.notes, self.notes), ..self }
    }

    /// Every token that appears in a list.
    pub fn listed(&self) -> impl Iterator<Item = Token> {
        self.tokens.iter().chain(&self.notes).copied()
    }
}

impl fmt::Display for Edits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for token in &self.tokens {
            write!(f, " +{token}")?;
        }
        for token in &self.notes {
            write!(f, " +{token} (notes)")?;
        }
        if self.total != 0 {
            write!(f, " total +{}", self.total)?;
        }
        Ok(())
    }
}

/// Makes the table, with the trigger that advances the version for writers that do not.
#[must_use]
pub fn create_table(backend: Backend) -> Vec<String> {
    let text = match backend {
        Backend::Sqlite | Backend::Postgres => "TEXT",
        // Compared and stored as it is; a TEXT has room for 64 KB.
        Backend::Mysql => "MEDIUMTEXT CHARACTER SET ascii",
    };
    let table = format!(
        "CREATE TABLE history_rows (id INTEGER PRIMARY KEY, tokens {text} NOT NULL, notes {text} NOT NULL, \
         total BIGINT NOT NULL, hidden BOOLEAN NOT NULL DEFAULT FALSE, version BIGINT NOT NULL)"
    );
    let trigger = VersionTrigger::counter("history_rows", "version");
    let trigger = match backend {
        Backend::Sqlite => trigger.sqlite(),
        Backend::Postgres => trigger.postgres(),
        Backend::Mysql => trigger.mysql(),
    };
    vec![table, trigger]
}

/// Appends a token as somebody does who knows nothing of versions.
#[must_use]
pub fn raw_write(backend: Backend, id: i32, token: Token) -> String {
    let appended = match backend {
        Backend::Mysql => format!("CONCAT(tokens, '{token},')"),
        Backend::Sqlite | Backend::Postgres => format!("tokens || '{token},'"),
    };
    format!("UPDATE history_rows SET tokens = {appended} WHERE id = {id}")
}
