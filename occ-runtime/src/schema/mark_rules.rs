//! What is a fault of the column that says that a row is deleted: a function for each rule.

use crate::model::mark::MarkColumn;
use crate::schema::catalog::{SeenColumn, TableKind};
use crate::schema::finding::FindingKind;
use crate::schema::report::Report;
use crate::statement::dialect::Dialect;

pub(super) fn check(report: &mut Report<'_>) {
    let Some(mark) = report.expected.mark else { return };
    // That it is missing is said of all columns.
    let Some(column) = report.catalog.column(mark.name) else { return };
    if report.catalog.kind == TableKind::Table {
        nulls(report, mark, column);
    }
    if !mark.is_flag {
        too_coarse(report, column);
    }
}

/// A flag is true or false; a point in time is there or not.
fn nulls(report: &mut Report<'_>, mark: MarkColumn, column: &SeenColumn) {
    if mark.is_flag == column.is_nullable {
        let (kind, what, cure) = if mark.is_flag {
            (
                FindingKind::MarkNullable,
                "may be NULL, and a row whose mark is NULL is neither deleted nor there, so that nothing finds it: make it NOT NULL",
                report.cure.not_null_flag(column),
            )
        } else {
            (
                FindingKind::MarkNotNull,
                "is NOT NULL, and a row that is not deleted has no mark: let it be NULL",
                report.cure.nullable(column, &column.definition),
            )
        };
        report.add(kind, Some(&column.name), what, cure);
    }
}

/// The mark is made with six digits after the second.
fn too_coarse(report: &mut Report<'_>, column: &SeenColumn) {
    let is_time = ["timestamp", "datetime"].iter().any(|name| column.sql_type.starts_with(name));
    let digits = column.width.unwrap_or(6);
    if report.catalog.dialect == Dialect::Sqlite || !is_time || digits >= 6 {
        return;
    }
    let what = format!(
        "keeps {digits} digits after the second, and marks are made with 6: what is stored is rounded, and may be a moment that has not \
         come yet; widen it"
    );
    let cure = with_all_digits(&column.definition).and_then(|wide| report.cure.nullable(column, &wide));
    report.add(FindingKind::MarkTooCoarse, Some(&column.name), &what, cure);
}

/// `timestamp(0) with time zone` with six digits.
fn with_all_digits(definition: &str) -> Option<String> {
    let name = definition.split(['(', ' ']).next()?;
    let zone = if definition.ends_with("with time zone") { " with time zone" } else { "" };
    Some(format!("{name}(6){zone}"))
}

#[cfg(test)]
mod tests {
    use super::with_all_digits;

    #[test]
    fn a_type_keeps_its_name_and_its_zone() {
        for (coarse, wide) in [
            ("timestamp(0) without time zone", "timestamp(6)"),
            ("timestamp(3) with time zone", "timestamp(6) with time zone"),
            ("datetime", "datetime(6)"),
        ] {
            assert_eq!(with_all_digits(coarse).as_deref(), Some(wide));
        }
    }
}
