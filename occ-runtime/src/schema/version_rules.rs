//! What is a fault of a version column: a function for each rule.

use crate::schema::catalog::{Obstacle, TableKind};
use crate::schema::expected::{ExpectedVersion, SqlKind};
use crate::schema::finding::FindingKind;
use crate::schema::fit::{Fit, WrongDefault, largest};
use crate::schema::report::Report;

/// In an order in which it can be cured: a column becomes NOT NULL before anything else is made of it.
pub(super) fn check(report: &mut Report<'_>) {
    let Some(version) = &report.expected.version else { return };
    let Some(column) = report.catalog.column(version.column) else {
        return missing(report, version);
    };
    let fit = Fit { version, column, catalog: report.catalog };
    let is_table = report.catalog.kind == TableKind::Table;
    if version.is_xmin {
        // PostgreSQL shows 0 for each row of another server.
        if report.catalog.kind == TableKind::Foreign {
            missing(report, version);
        }
        return;
    }
    if is_table && !column.is_generated() {
        nulls(report, fit);
    }
    of_another_type(report, fit);
    computed(report, fit);
    too_narrow(report, fit);
    too_coarse(report, fit);
    padded(report, fit);
    collation(report, fit);
    float(report, fit);
    if is_table {
        written_by_both(report, fit);
        default(report, fit);
        trigger(report, fit);
    }
}

fn missing(report: &mut Report<'_>, version: &ExpectedVersion) {
    let (what, cure) = if version.is_xmin {
        (
            "does not tell who wrote a row of a view, or of a foreign table: give the table a version column",
            None,
        )
    } else if report.catalog.kind == TableKind::Table {
        let cure = report.cure.version_column(version);
        let is_known = version.first(report.catalog.dialect).is_some();
        let what = match report.cure.obstacle(None) {
            None if !is_known => {
                "does not exist, so that no save can be checked: add it, with a version in each row that its generator goes on from"
            }
            Some(_) if report.catalog.obstacle == Some(Obstacle::Partition) => {
                "does not exist, so that no save can be checked: add it to the table that this is a partition of"
            }
            _ => "does not exist, so that no save can be checked: add it",
        };
        (what, cure)
    } else {
        ("does not exist, so that no save can be checked: add it to the table beneath, and here", None)
    };
    report.add(FindingKind::VersionMissing, Some(version.column), what, cure);
}

fn nulls(report: &mut Report<'_>, fit: Fit<'_>) {
    if !fit.column.is_nullable {
        return;
    }
    let name = Some(fit.column.name.as_str());
    if fit.column.nulls > 0 {
        let which = if report.cure.fill(fit).is_some() { "" } else { " that its generator goes on from" };
        let what =
            format!("is NULL in {} rows, which no save finds: give them a version{which}", fit.column.nulls);
        report.add(FindingKind::VersionNull, name, &what, report.cure.fill(fit));
    }
    let what = "may be NULL, and no save finds a row whose version is NULL: make it NOT NULL";
    let cure = match (report.cure.fill(fit), report.cure.not_null(fit)) {
        (Some(fill), Some(alter)) => Some(format!("{fill};\n{alter}")),
        (_, alter) => alter.filter(|_| fit.column.nulls == 0),
    };
    report.add(FindingKind::VersionNullable, name, what, cure);
}

fn of_another_type(report: &mut Report<'_>, fit: Fit<'_>) {
    let name = Some(fit.column.name.as_str());
    let sql_type = &fit.column.sql_type;
    let right =
        fit.version.definition(report.catalog).unwrap_or_else(|| "the one that `table!` names".into());
    if fit.is_of_another_type() {
        let what = format!(
            "is of the type {sql_type}, which holds other things than versions of the type of `table!`: make it {right}"
        );
        report.add(FindingKind::VersionType, name, &what, None);
    } else if fit.is_shifted() {
        let what = format!(
            "is of the type {sql_type}, which is compared by the session's time zone with what `table!` names, and that is not UTC here, so \
             that no save finds a row: make it {right}, or set the time zone to UTC"
        );
        report.add(FindingKind::VersionType, name, &what, None);
    }
}

/// PostgreSQL writes a view whose columns are those of a table, but not the others.
fn computed(report: &mut Report<'_>, fit: Fit<'_>) {
    if fit.column.is_written("computed")
        && report.catalog.is_writable == Some(true)
        && !fit.version.by_database
    {
        let what =
            "is computed by the view, so that no save can set it: name the column of the table beneath";
        report.add(FindingKind::View, Some(&fit.column.name), what, None);
    }
}

fn too_narrow(report: &mut Report<'_>, fit: Fit<'_>) {
    let what = match (fit.version.sql_type, fit.ends_at(), fit.holds_only()) {
        (SqlKind::Integer { bits, unsigned }, Some(end), _) => {
            let (sql_type, last) = (&fit.column.sql_type, largest(bits, unsigned));
            format!("is of the type {sql_type}, which ends at {end}, and versions go on to {last}: widen it")
        }
        (_, _, Some((width, length))) => {
            format!("holds {width} of the {length} letters or bytes of a version: widen it")
        }
        _ => return,
    };
    report.add(FindingKind::VersionTooNarrow, Some(&fit.column.name), &what, report.cure.fitting(fit));
}

fn too_coarse(report: &mut Report<'_>, fit: Fit<'_>) {
    let Some((digits, needed)) = fit.keeps_only() else { return };
    let what = format!(
        "keeps {digits} digits after the second, and versions are made with {needed}: what is stored is not what was written, or two \
         versions are the same; {}",
        if needed > 6 {
            "name the generator `Timestamp<Micros>`"
        } else {
            "widen it, or name the generator's precision"
        }
    );
    let cure = if needed > 6 { None } else { report.cure.fitting(fit) };
    report.add(FindingKind::VersionTooCoarse, Some(&fit.column.name), &what, cure);
}

fn padded(report: &mut Report<'_>, fit: Fit<'_>) {
    let Some((width, length)) = fit.fills_up_to() else { return };
    let what = format!(
        "fills a version of {length} letters or bytes up to {width}, so that what is read is not what was written, and the next save \
         is refused: use a type that does not"
    );
    let cure = report.cure.without_padding(fit, length);
    report.add(FindingKind::VersionPadded, Some(&fit.column.name), &what, cure);
}

fn collation(report: &mut Report<'_>, fit: Fit<'_>) {
    let Some(collation) = fit.loose_collation() else { return };
    let what = format!(
        "has a collation ({collation}) in which two versions that differ are equal, so that a stale value may pass: give it one that \
         compares bytes"
    );
    report.add(FindingKind::VersionCollation, Some(&fit.column.name), &what, report.cure.fitting(fit));
}

fn float(report: &mut Report<'_>, fit: Fit<'_>) {
    if !fit.is_float() {
        return;
    }
    let what = format!(
        "is of the type {}, which does not hold every integer, so that a large version stays where it is: make it an integer",
        fit.column.sql_type
    );
    report.add(FindingKind::VersionFloat, Some(&fit.column.name), &what, report.cure.fitting(fit));
}

fn written_by_both(report: &mut Report<'_>, fit: Fit<'_>) {
    if fit.version.by_database {
        return;
    }
    let name = Some(fit.column.name.as_str());
    if fit.column.is_generated() {
        let what = "is made by the database alone, which refuses a save that sets it: make it an ordinary column, or name the generator \
                    `DatabaseGenerated`";
        report.add(FindingKind::VersionGenerated, name, what, report.cure.ordinary(fit));
    }
    if fit.column.is_set_on_update() {
        let what = "is set to the present by the database in each UPDATE that does not name it, by the session's time zone, and also by \
                    `save_unversioned`: take ON UPDATE off, or name the generator `DatabaseGenerated`";
        report.add(FindingKind::VersionOnUpdate, name, what, report.cure.fitting(fit));
    }
}

/// A constant comes back with a row that is deleted and inserted again, which is what such versions are there against. And a number
/// in place of SQLite's text is found by no save.
fn default(report: &mut Report<'_>, fit: Fit<'_>) {
    let (Some(wrong), Some(default)) = (fit.wrong_default(), fit.column.default.as_deref()) else { return };
    let what = match wrong {
        WrongDefault::Number => {
            format!(
                "has the default {default}, a number, and a save finds points in time by their text: remove the default"
            )
        }
        WrongDefault::Constant => format!(
            "has the default {default}, the same for each row, also for one that is deleted and inserted again: remove the default"
        ),
    };
    report.add(FindingKind::VersionDefault, Some(&fit.column.name), &what, report.cure.without_default(fit));
}

fn trigger(report: &mut Report<'_>, fit: Fit<'_>) {
    let moves = fit.column.is_generated() || fit.column.is_set_on_update() || fit.has_trigger();
    if moves || !fit.version.by_database {
        return;
    }
    let what = "is to be made by the database, and no trigger that is enabled moves it with each UPDATE, so that no save succeeds: \
                create the trigger of `VersionTrigger`";
    report.add(FindingKind::TriggerMissing, Some(&fit.column.name), what, report.cure.trigger(fit));
}
