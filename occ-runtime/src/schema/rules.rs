//! What is a fault of a table: a function for each rule. Those of the version column are in [`version_rules`](super::version_rules),
//! those of the mark of deleted rows in [`mark_rules`](super::mark_rules).

use crate::schema::catalog::{Catalog, Obstacle, SeenIndex, SeenTrigger, TableKind, Timing};
use crate::schema::cure::Cure;
use crate::schema::expected::Expected;
use crate::schema::finding::{Finding, FindingKind};
use crate::schema::mark_rules;
use crate::schema::names::same;
use crate::schema::report::Report;
use crate::schema::version_rules;
use crate::statement::dialect::Dialect;

/// All that is wrong, in an order in which it can be cured.
pub(crate) fn findings(expected: &Expected, catalog: Option<&Catalog>) -> Vec<Finding> {
    let Some(catalog) = catalog else {
        return vec![missing_table(expected)];
    };
    let mut report = Report { expected, catalog, cure: Cure { expected, catalog }, findings: Vec::new() };
    not_strict(&mut report);
    engine(&mut report);
    view(&mut report);
    inherited(&mut report);
    rewritten(&mut report);
    missing_columns(&mut report);
    version_rules::check(&mut report);
    mark_rules::check(&mut report);
    if catalog.kind == TableKind::Table {
        nullable_key(&mut report);
        key_not_unique(&mut report);
    }
    report.findings
}

fn missing_table(expected: &Expected) -> Finding {
    let table = expected.name();
    Finding {
        kind: FindingKind::TableMissing,
        sentence: format!(
            "there is no table `{table}` where this connection looks for it: run the migration that creates it, or connect to its database"
        ),
        table,
        column: None,
        cure: None,
    }
}

/// Without it MySQL stores the nearest value that fits, and says nothing.
fn not_strict(report: &mut Report<'_>) {
    let Some(mode) = &report.catalog.sql_mode else { return };
    if mode.contains("STRICT_TRANS_TABLES") || mode.contains("STRICT_ALL_TABLES") {
        return;
    }
    report.add(
        FindingKind::NotStrict,
        None,
        "is written through a session whose `sql_mode` is not strict, so that what does not fit its column is cut, and a version at the \
         end of its column stays there and guards nothing: set STRICT_TRANS_TABLES for the server, or for each connection",
        Some(
            "SET SESSION sql_mode = CONCAT_WS(',', NULLIF(@@SESSION.sql_mode, ''), 'STRICT_TRANS_TABLES')".into(),
        ),
    );
}

fn engine(report: &mut Report<'_>) {
    if report.catalog.has_transactions {
        return;
    }
    let what = format!(
        "has the engine {}, which has no transactions, so that the rows of a batch that is refused stay written: use InnoDB",
        report.catalog.place.as_deref().unwrap_or("?")
    );
    // InnoDB wants what counts up to begin an index.
    let begins = |name: &str| {
        report.catalog.indexes.iter().any(|index| {
            let first = index.columns.first().and_then(|(column, _)| column.as_deref());
            first.is_some_and(|first| same(first, name, Dialect::Mysql))
        })
    };
    let mut counting =
        report.catalog.columns.iter().filter(|column| column.written_by.contains("auto_increment"));
    let is_possible = counting.all(|column| begins(&column.name));
    let cure = is_possible.then(|| format!("ALTER TABLE {} ENGINE = InnoDB", report.cure.table()));
    report.add(FindingKind::EngineWithoutTransactions, None, &what, cure);
}

fn view(report: &mut Report<'_>) {
    let catalog = report.catalog;
    if catalog.kind != TableKind::View {
        return;
    }
    let has_own_way = catalog.triggers.iter().any(|trigger| trigger.is_enabled);
    let what = match catalog.dialect {
        Dialect::Sqlite => {
            "is a view, and SQLite counts no row that is written through one, so that each save is taken for refused: save into \
             the table beneath"
        }
        Dialect::Postgres | Dialect::Mysql if catalog.is_writable == Some(false) && !has_own_way => {
            "is a view that cannot be written: save into the table beneath"
        }
        Dialect::Postgres | Dialect::Mysql => return,
    };
    report.add(FindingKind::View, None, what, None);
}

/// A key is unique in each of the tables alone.
fn inherited(report: &mut Report<'_>) {
    if report.catalog.obstacle == Some(Obstacle::Inherited) {
        let what = "has tables that inherit from it, whose rows are found by the same statements and may have the same keys, so that one \
                    save writes several rows: make them partitions, or tables of their own";
        report.add(FindingKind::Inherited, None, what, None);
    }
}

/// What is run instead of an `UPDATE` was planned for the row as it was seen.
fn rewritten(report: &mut Report<'_>) {
    let Some(version) =
        report.expected.version.as_ref().filter(|_| report.catalog.dialect == Dialect::Postgres)
    else {
        return;
    };
    let is_blind = |trigger: &&SeenTrigger| {
        let is_instead = matches!(trigger.timing, Timing::InsteadOf | Timing::Rule);
        trigger.is_enabled
            && trigger.is_readable
            && is_instead
            && !trigger.names(&format!("old.{}", version.column))
    };
    for trigger in report.catalog.triggers.iter().filter(is_blind) {
        let what = format!(
            "is written by `{}` instead of by the UPDATE itself, which does not ask for the version again, so that of two saves at once \
             both pass: add `AND {column} = OLD.{column}` to its WHERE",
            trigger.name,
            column = version.column
        );
        report.add(FindingKind::Rewritten, None, &what, None);
    }
}

fn missing_columns(report: &mut Report<'_>) {
    let (expected, catalog) = (report.expected, report.catalog);
    let version = expected.version.as_ref().map(|version| version.column);
    let keys = expected.key.iter().chain(expected.columns).copied();
    let mut seen = Vec::new();
    for column in keys {
        if version == Some(column)
            || seen.contains(&column)
            || catalog.column(column).is_some()
            || catalog.is_rowid(column)
        {
            continue;
        }
        seen.push(column);
        report.add(
            FindingKind::ColumnMissing,
            Some(column),
            "does not exist, though a field is read from it and written to it: add it to the table, or remove the field",
            None,
        );
    }
}

fn nullable_key(report: &mut Report<'_>) {
    let (expected, catalog) = (report.expected, report.catalog);
    for column in expected.key.iter().filter_map(|key| catalog.column(key)) {
        if !column.is_nullable {
            continue;
        }
        let cure = report.cure.not_null_key(column);
        report.add(
            FindingKind::KeyNullable,
            Some(&column.name),
            "is part of the key and may be NULL, and no save finds a row whose key is NULL: make it NOT NULL",
            cure,
        );
    }
}

fn key_not_unique(report: &mut Report<'_>) {
    let (expected, catalog) = (report.expected, report.catalog);
    let exist = |key: &str| catalog.column(key).is_some() || catalog.is_rowid(key);
    let mut unique =
        catalog.indexes.iter().filter(|index| index.is_unique_within(expected.key, catalog)).peekable();
    let is_unique = unique.peek().is_some();
    if is_unique && unique.all(|index| index.is_deferrable) {
        let what = "has a key whose constraint is deferrable, so that no INSERT can ask whether it is taken: make it NOT DEFERRABLE";
        report.add(FindingKind::KeyDeferrable, None, what, None);
    }
    if is_unique
        || expected.key.iter().any(|key| catalog.is_rowid(key))
        || !expected.key.iter().all(|key| exist(key))
    {
        return;
    }
    let key = expected.key.join("`, `");
    let what = format!(
        "can have several rows with the same `{key}`, by which a save finds its row, and then one save writes them all: create {}",
        if expected.is_unique_key { "a unique index on it" } else { "the primary key that `table!` names" }
    );
    let cure = report.cure.unique_index();
    report.add(FindingKind::KeyNotUnique, None, &what, cure);
}

impl SeenIndex {
    /// Whether no two rows have the same values in these columns.
    fn is_unique_within(&self, key: &[&str], catalog: &Catalog) -> bool {
        self.columns.iter().all(|(column, collation)| {
            let Some(column) = column else { return false };
            // Of SQLite's own collations only one ignores what the column does.
            let ignores = catalog.column(column).and_then(|column| column.collation.as_deref());
            let is_finer = catalog.dialect == Dialect::Sqlite
                && match (ignores, collation.as_deref()) {
                    (Some("ignores spaces"), Some(collation)) => ["BINARY", "NOCASE"].contains(&collation),
                    (Some(_), Some(collation)) => ["BINARY", "RTRIM"].contains(&collation),
                    _ => false,
                };
            key.iter().any(|key| same(key, column, catalog.dialect)) && !is_finer
        })
    }
}
