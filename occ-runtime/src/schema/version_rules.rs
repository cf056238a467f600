//! What is a fault of a version column.

use crate::schema::catalog::{SeenColumn, SeenTrigger, TableKind, Timing};
use crate::schema::expected::{ExpectedVersion, SqlKind};
use crate::schema::finding::FindingKind;
use crate::schema::rules::Report;
use crate::statement::dialect::Dialect;

pub(super) fn check(report: &mut Report<'_>) {
    let Some(version) = &report.expected.version else { return };
    let (catalog, dialect) = (report.catalog, report.catalog.dialect);
    let Some(column) = catalog.column(version.column) else {
        return missing(report, version);
    };
    if version.is_xmin {
        // PostgreSQL shows 0 for each row of another server.
        if catalog.kind == TableKind::Foreign {
            missing(report, version);
        }
        return;
    }
    let rules: [fn(&mut Report<'_>, &ExpectedVersion, &SeenColumn); 5] =
        [too_narrow, too_coarse, padded, collation, float];
    for rule in rules {
        rule(report, version, column);
    }
    if catalog.kind != TableKind::Table {
        return;
    }
    let by_database = version.by_database;
    if column.is_generated() && !by_database {
        report.add(
            FindingKind::VersionGenerated,
            Some(&column.name),
            "is made by the database alone, which refuses a save that sets it: make it an ordinary column, or name the generator \
             `DatabaseGenerated`",
            report.cure.ordinary(column),
        );
    }
    if column.is_set_on_update() && !by_database {
        report.add(
            FindingKind::VersionOnUpdate,
            Some(&column.name),
            "is set to the present by the database with each UPDATE that does not name it, also where `save_unversioned` is to leave \
             it, and by the session's time zone: take ON UPDATE off, or name the generator `DatabaseGenerated`",
            report.cure.without_on_update(column),
        );
    }
    default(report, version, column);
    nulls(report, column);
    if by_database && !column.is_generated() && !has_trigger(report, column) {
        let what = "is to be made by the database, and no trigger that is enabled moves it with each UPDATE, so that no save \
                    succeeds: create the trigger of `VersionTrigger`";
        let cure = report.cure.trigger(column);
        report.add(FindingKind::TriggerMissing, Some(&column.name), what, cure);
    }
    let _ = dialect;
}

fn missing(report: &mut Report<'_>, version: &ExpectedVersion) {
    let (what, cure) = if version.is_xmin {
        ("does not tell who wrote a row of a view, or of a foreign table: give the table a version column", None)
    } else {
        ("does not exist, so that no save can be checked: add it", report.cure.version_column())
    };
    report.add(FindingKind::VersionMissing, Some(version.column), what, cure);
}

/// The largest number that so many bits hold.
fn largest(bits: u32, unsigned: bool) -> u128 {
    (1 << if unsigned { bits } else { bits - 1 }) - 1
}

/// What a type of integers can hold; `None` for another type.
fn capacity(sql_type: &str) -> Option<u128> {
    let (name, unsigned) = match sql_type.strip_suffix(" unsigned") {
        Some(name) => (name, true),
        None => (sql_type, false),
    };
    let bits = match name {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" | "integer" => 32,
        "bigint" => 64,
        _ => return None,
    };
    Some(largest(bits, unsigned))
}

fn too_narrow(report: &mut Report<'_>, version: &ExpectedVersion, column: &SeenColumn) {
    // SQLite's columns hold anything.
    if report.catalog.dialect == Dialect::Sqlite {
        return;
    }
    let what = match (version.sql_type, version.length) {
        (SqlKind::Integer { bits, unsigned }, _) => {
            let Some(capacity) = capacity(&column.sql_type) else { return };
            if capacity >= largest(bits, unsigned) {
                return;
            }
            format!(
                "is of the type {}, which ends at {capacity}, and versions go on to {}",
                column.sql_type,
                largest(bits, unsigned)
            )
        }
        (SqlKind::Text | SqlKind::Bytes, Some(length)) => {
            let is_wide = column.width.is_none_or(|width| usize::try_from(width).is_ok_and(|width| width >= length));
            if is_wide {
                return;
            }
            format!("holds {} of the {length} letters or bytes of a version", column.width.unwrap_or_default())
        }
        _ => return,
    };
    let cure = report.cure.wide_enough(column);
    report.add(FindingKind::VersionTooNarrow, Some(&column.name), &format!("{what}: widen it"), cure);
}

fn too_coarse(report: &mut Report<'_>, version: &ExpectedVersion, column: &SeenColumn) {
    if !matches!(version.sql_type, SqlKind::Time { .. }) || report.catalog.dialect == Dialect::Sqlite {
        return;
    }
    let needed = match version.digits() {
        Some(digits) => digits,
        // What is set to the present alone may be set to the same twice.
        None if version.by_database && column.is_set_on_update() && !has_moving_trigger(report, column) => 6,
        None => return,
    };
    // PostgreSQL's, where it says nothing.
    let digits = column.width.unwrap_or(6);
    if digits >= needed {
        return;
    }
    let what = format!(
        "keeps {digits} digits after the second, and versions are made with {needed}: what is stored is not what was written, or two \
         versions are the same; {}",
        if needed > 6 { "name the generator `Timestamp<Micros>`" } else { "widen it, or name the generator's precision" }
    );
    let cure = if needed > 6 { None } else { report.cure.exact_to(needed, column) };
    report.add(FindingKind::VersionTooCoarse, Some(&column.name), &what, cure);
}

fn padded(report: &mut Report<'_>, version: &ExpectedVersion, column: &SeenColumn) {
    let pads = match report.catalog.dialect {
        Dialect::Sqlite => false,
        Dialect::Postgres => column.sql_type == "character",
        Dialect::Mysql => column.sql_type == "binary",
    };
    let (Some(width), Some(length)) = (column.width.filter(|_| pads), version.length) else { return };
    if usize::try_from(width).is_ok_and(|width| width <= length) {
        return;
    }
    let what = format!(
        "fills a version of {length} up to {width}, so that what is read is not what was written, and the next save of it is \
         refused: use a type that does not"
    );
    let cure = report.cure.without_padding(column, length);
    report.add(FindingKind::VersionPadded, Some(&column.name), &what, cure);
}

fn collation(report: &mut Report<'_>, version: &ExpectedVersion, column: &SeenColumn) {
    // UUIDs differ in more than case and spaces.
    let Some(collation) = column.collation.as_deref().filter(|_| version.sql_type == SqlKind::Text && !version.is_uuid)
    else {
        return;
    };
    let is_exact = report.catalog.dialect == Dialect::Mysql && (collation.ends_with("_bin") || collation == "binary");
    if is_exact {
        return;
    }
    let what = format!(
        "has a collation ({collation}) in which two versions that differ are equal, so that a stale value may pass: give it one that \
         compares bytes"
    );
    let cure = report.cure.exact_collation(column);
    report.add(FindingKind::VersionCollation, Some(&column.name), &what, cure);
}

fn float(report: &mut Report<'_>, version: &ExpectedVersion, column: &SeenColumn) {
    let is_float = match report.catalog.dialect {
        // The letters by which SQLite takes a column for one.
        Dialect::Sqlite => ["real", "floa", "doub"].iter().any(|part| column.sql_type.contains(part)),
        Dialect::Postgres | Dialect::Mysql => {
            ["real", "double precision", "float", "double"].contains(&column.sql_type.trim_end_matches(" unsigned"))
        }
    };
    if !is_float || !matches!(version.sql_type, SqlKind::Integer { .. }) {
        return;
    }
    let what = format!(
        "is of the type {}, which does not hold every integer: at its end a version stays where it is; make it an integer",
        column.sql_type
    );
    let cure = report.cure.wide_enough(column);
    report.add(FindingKind::VersionFloat, Some(&column.name), &what, cure);
}

/// A constant comes back with a row that is deleted and inserted again, which is what random versions are there against. And a number
/// in place of SQLite's text is found by no save.
fn default(report: &mut Report<'_>, version: &ExpectedVersion, column: &SeenColumn) {
    let Some(default) = column.default.as_deref() else { return };
    let is_sqlite = report.catalog.dialect == Dialect::Sqlite;
    let is_time = matches!(version.sql_type, SqlKind::Time { .. });
    let lower = default.to_lowercase();
    let what = if is_sqlite && is_time && (lower.contains("julianday") || lower.contains("unixepoch")) {
        format!("has the default {default}, a number, and a save finds points in time by their text")
    } else if !is_sqlite && version.is_uuid && default.starts_with('\'') {
        format!("has the default {default}, the same for each row, also for one that is deleted and inserted again")
    } else {
        return;
    };
    let cure = report.cure.without_default(column);
    report.add(FindingKind::VersionDefault, Some(&column.name), &format!("{what}: remove the default"), cure);
}

fn nulls(report: &mut Report<'_>, column: &SeenColumn) {
    if !column.is_nullable || column.is_generated() {
        return;
    }
    if column.nulls > 0 {
        let what = format!("is NULL in {} rows, which no save finds: give them a version", column.nulls);
        let cure = report.cure.fill(column);
        report.add(FindingKind::VersionNull, Some(&column.name), &what, cure);
    }
    let what = "may be NULL, and no save finds a row whose version is NULL: make it NOT NULL";
    let cure = report.cure.not_null(column);
    report.add(FindingKind::VersionNullable, Some(&column.name), what, cure);
}

fn has_trigger(report: &Report<'_>, column: &SeenColumn) -> bool {
    column.is_set_on_update() || has_moving_trigger(report, column)
}

/// Whether a trigger seems to move the version. Nobody can tell what a function in another language does.
fn has_moving_trigger(report: &Report<'_>, column: &SeenColumn) -> bool {
    let dialect = report.catalog.dialect;
    let moves = |trigger: &SeenTrigger| {
        let in_time = match dialect {
            // A version that is moved after the row was written is not in the answer of `UPDATE .. RETURNING`.
            Dialect::Postgres | Dialect::Mysql => trigger.timing == Timing::Before,
            Dialect::Sqlite => trigger.timing == Timing::After,
        };
        trigger.is_enabled && in_time && (!trigger.is_readable || trigger.names(&column.name))
    };
    report.catalog.triggers.iter().any(moves)
}

impl ExpectedVersion {
    /// The digits after the second that its steps need.
    pub(super) fn digits(&self) -> Option<u32> {
        let step = self.step?.as_nanos();
        Some((0..9).find(|digits| step.is_multiple_of(10_u128.pow(9 - digits))).unwrap_or(9))
    }
}
