//! What is wrong with a table.

use std::fmt;

/// What kind of fault it is.
///
/// | kind | SQLite | PostgreSQL | MySQL, MariaDB |
/// |---|---|---|---|
/// | `TableMissing`, `ColumnMissing`, `VersionMissing`, `VersionNullable`, `VersionNull`, `VersionFloat`, `VersionCollation`, `VersionGenerated`, `VersionDefault`, `TriggerMissing`, `KeyNullable`, `KeyNotUnique`, `MarkNullable`, `MarkNotNull`, `View` | yes | yes | yes |
/// | `VersionTooNarrow`, `VersionTooCoarse`, `VersionPadded`, `VersionType`, `MarkTooCoarse` | columns there have no width, and hold anything | yes | yes |
/// | `Rewritten`, `Inherited`, `KeyDeferrable` | | yes | |
/// | `VersionOnUpdate`, `EngineWithoutTransactions`, `NotStrict` | | | yes |
///
/// ```
/// use occ_runtime::schema::{Finding, FindingKind};
///
/// fn is_urgent(finding: &Finding) -> bool {
///     matches!(finding.kind(), FindingKind::VersionMissing | FindingKind::KeyNotUnique)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// There is no such table.
    TableMissing,
    /// It is a view that cannot be written, or, on SQLite, one whose writes are not counted.
    View,
    /// A rule or an `INSTEAD OF` trigger makes another statement of an `UPDATE`, which does not ask for the version again.
    Rewritten,
    /// The table's engine has no transactions, so that nothing of a batch can be rolled back.
    EngineWithoutTransactions,
    /// The session's `sql_mode` is not strict: what does not fit is cut, and a version may stay where it is.
    NotStrict,
    /// The table lacks a column that a field holds.
    ColumnMissing,
    /// The table lacks the version column.
    VersionMissing,
    /// The version of a row may be NULL.
    VersionNullable,
    /// There are rows whose version is NULL: no save finds them.
    VersionNull,
    /// The version column is of a type that does not hold such versions, or that shows them by the session's time zone.
    VersionType,
    /// The version column is narrower than the versions that are made.
    VersionTooNarrow,
    /// The version column stores points in time less exactly than they are made.
    VersionTooCoarse,
    /// The version is read with a padding that it was not written with.
    VersionPadded,
    /// Versions that differ are equal by the collation of their column.
    VersionCollation,
    /// The version column is a float, which does not hold every integer.
    VersionFloat,
    /// The database alone may write the version column, and the struct's generator is to.
    VersionGenerated,
    /// MySQL moves the version by itself, and the struct's generator does too.
    VersionOnUpdate,
    /// The version column's default is none that the generator makes: it comes twice, or cannot be found again.
    VersionDefault,
    /// The database is to make the versions, and nothing there does.
    TriggerMissing,
    /// The `bool` that says that a row is [deleted](crate::SoftDelete) may be NULL: then nothing finds the row.
    MarkNullable,
    /// The point in time at which a row was deleted cannot be NULL, so that every row is deleted.
    MarkNotNull,
    /// It is stored less exactly than it is made.
    MarkTooCoarse,
    /// A column of the key may be NULL: no save finds such a row.
    KeyNullable,
    /// No primary key and no unique index ensures that the key finds one row.
    KeyNotUnique,
    /// What makes the key unique is deferrable, and no `INSERT` can ask whether such a key is taken.
    KeyDeferrable,
    /// Other tables inherit from it, no partitions, whose rows may have the same keys.
    Inherited,
}

impl FindingKind {
    /// Whether SQL for it alters the table.
    pub(crate) fn is_cured_by_altering(self) -> bool {
        !matches!(
            self,
            Self::TableMissing
                | Self::View
                | Self::Rewritten
                | Self::NotStrict
                | Self::ColumnMissing
                | Self::VersionMissing
                | Self::Inherited
                | Self::KeyDeferrable
        )
    }
}

/// A fault of a table, and what mends it. Its `Display` is a sentence.
///
/// ```
/// use occ_runtime::schema::Finding;
///
/// fn report(findings: &[Finding]) {
///     for finding in findings {
///         eprintln!("{finding}");
///         if let Some(sql) = finding.cure() {
///             eprintln!("{sql}");
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(crate) kind: FindingKind,
    pub(crate) table: String,
    pub(crate) column: Option<String>,
    pub(crate) sentence: String,
    pub(crate) cure: Option<String>,
}

impl Finding {
    /// What kind of fault it is.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// The table, with its schema if `table!` names one.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The column that it is about, if it is about one.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// SQL that removes the fault: one statement or several, for `batch_execute`. `None` where only you know what should be there.
    ///
    /// Read it before you run it, in a transaction where the database can: a column that is altered may have the whole table written anew.
    /// On SQLite, which alters no column, the version gets a new column that takes the place of the old one; what it writes there into
    /// the text of the table (`PRAGMA writable_schema`) is refused by a connection in defensive mode. A key becomes NOT NULL or unique only
    /// if the rows that are there are so.
    #[must_use]
    pub fn cure(&self) -> Option<&str> {
        self.cure.as_deref()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}
