//! A statement that went round the lock.

use std::fmt;

use crate::testing::watch::table::Table;

/// How a statement went round the lock.
///
/// ```
/// use occ_runtime::testing::{FindingKind, Watch};
///
/// fn has_upserts(watch: &Watch) -> bool {
///     watch.findings().iter().any(|finding| finding.kind() == FindingKind::Upsert)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// An `UPDATE`, or that of a `MERGE`, which does not name the version column.
    Update,
    /// An `INSERT` that updates where the row is there, and does not name the version column then.
    Upsert,
    /// `REPLACE` or `INSERT OR REPLACE`: the row is made anew, at a version that others may hold already.
    Replace,
    /// The version column is set, but to what it is, to a constant, or to the first version again.
    VersionStays,
    /// A `DELETE` that does not ask for the version, or `TRUNCATE`. Only with [`deletes`](crate::testing::Watch::deletes).
    Delete,
    /// It names the table, may write it, and could not be read.
    NotRead,
}

/// A statement that wrote a watched table, or may have, and left the version where it was. Its `Display` is a sentence for
/// people, with the cure.
///
/// ```
/// use occ_runtime::testing::Watch;
///
/// fn report(watch: &Watch) {
///     for finding in watch.findings() {
///         eprintln!("{:?} of {}: {}\n{}", finding.kind(), finding.table(), finding.statement(), finding.cure());
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(crate) kind: FindingKind,
    pub(crate) table: String,
    pub(crate) version: &'static str,
    pub(crate) statement: String,
    pub(crate) cure: String,
    pub(crate) thread: Option<String>,
}

impl Finding {
    pub(crate) fn new(kind: FindingKind, table: &Table, statement: &str) -> Self {
        Self {
            kind,
            table: table.shown(),
            version: table.version,
            statement: statement.to_owned(),
            cure: cure(kind, table),
            thread: std::thread::current().name().map(str::to_owned),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// The table, with its schema if `table!` names one.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The statement as it was sent, without the values that Diesel has bound: of a text with several statements, this one.
    #[must_use]
    pub fn statement(&self) -> &str {
        &self.statement
    }

    /// What to write instead.
    #[must_use]
    pub fn cure(&self) -> &str {
        &self.cure
    }

    /// The thread that sent it, if it has a name: under `cargo test` the test's, unless an async runtime has sent it from a thread of its own.
    #[must_use]
    pub fn thread(&self) -> Option<&str> {
        self.thread.as_deref()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 300;
        let (table, version) = (&self.table, self.version);
        match self.kind {
            FindingKind::Update => {
                write!(f, "an UPDATE of `{table}` leaves `{version}` where it is")?;
            }
            FindingKind::Upsert => {
                write!(f, "an upsert updates `{table}` and leaves `{version}` where it is")?;
            }
            FindingKind::Replace => write!(
                f,
                "a row of `{table}` is replaced, and its `{version}` does not follow the one that was there"
            )?,
            FindingKind::VersionStays => {
                write!(f, "`{table}` is written, and `{version}` is set to none that is new")?;
            }
            FindingKind::Delete => write!(f, "rows of `{table}` are deleted at any `{version}`")?,
            FindingKind::NotRead => {
                write!(f, "a statement names `{table}`, may write it, and could not be read")?;
            }
        }
        if let Some(thread) = &self.thread {
            write!(f, ", in the thread `{thread}`")?;
        }
        f.write_str(":\n  ")?;
        match self.statement.char_indices().nth(LONGEST) {
            Some((end, _)) => {
                write!(f, "{} ..", self.statement.get(..end).unwrap_or(&self.statement))?;
            }
            None => f.write_str(&self.statement)?,
        }
        write!(f, "\n  {}", self.cure)
    }
}

/// In words that hold for each generator: whether the database can compute its versions is known to the compiler alone.
fn cure(kind: FindingKind, table: &Table) -> String {
    let (model, version) = (table.model, table.version);
    match kind {
        FindingKind::Update => format!(
            "save the row by `save_optimistic` or `update_optimistic`; or add `bump_version::<{model}>()` to what is set (in SQL by \
             hand, a new value for `{version}`)"
        ),
        FindingKind::Upsert => format!(
            "write the row by `upsert_optimistic`; or add `bump_version::<{model}>()` to what is set where the row is there (in SQL by \
             hand, a new value for `{version}`)"
        ),
        FindingKind::Replace => format!(
            "write the row by `upsert_optimistic`; or as an upsert that updates, with `bump_version::<{model}>()`"
        ),
        FindingKind::VersionStays => {
            format!(
                "set `{version}` to what follows the one that is there, as `bump_version::<{model}>()` does"
            )
        }
        FindingKind::Delete => {
            format!("delete the row by `delete_optimistic`; or ask for `{version}` in the condition")
        }
        FindingKind::NotRead => format!(
            "see that it moves `{version}`, as `bump_version::<{model}>()` does; then let the watch pass it by `Watch::except`"
        ),
    }
}
