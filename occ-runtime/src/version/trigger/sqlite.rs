//! The trigger for SQLite.

use crate::version::trigger::names::Quote;
use crate::version::trigger::{EXHAUSTED, Kind, Quoted, VersionTrigger};

pub(super) fn create(trigger: &VersionTrigger) -> String {
    let Quoted { name, table, schema, .. } = trigger.quoted(Quote::Double);
    let condition = condition(trigger);
    if trigger.is_strict {
        let refusal = Quote::Double.text(&trigger.refusal());
        return format!(
            "CREATE TRIGGER {schema}{name} BEFORE UPDATE ON {table} FOR EACH ROW\n\
             WHEN {condition}\n\
             BEGIN\n    \
                 SELECT RAISE(ABORT, {refusal});\n\
             END;"
        );
    }
    let Quoted { column, .. } = trigger.quoted(Quote::Double);
    let ((exhausted, next), rowid) = (next(trigger.kind, &column), trigger.rowid);
    format!(
        "CREATE TRIGGER {schema}{name} AFTER UPDATE ON {table} FOR EACH ROW\n\
         WHEN {condition}\n\
         BEGIN\n    \
             SELECT RAISE(ABORT, '{EXHAUSTED}')\n        \
                 WHERE {exhausted};\n    \
             UPDATE {table} SET {column} = {next} WHERE {rowid} = NEW.{rowid};\n\
         END;"
    )
}

/// That an `UPDATE` does not advance the version.
fn condition(trigger: &VersionTrigger) -> String {
    let Quoted { column, .. } = trigger.quoted(Quote::Double);
    let (old, new) = (format!("OLD.{column}"), format!("NEW.{column}"));
    // Texts of one instant differ: see `statement::version`. What is left of them sorts as they do.
    let instant = |text: &str| format!("rtrim(replace({text}, 'T', ' '), 'Z0:.+')");
    let stays = match trigger.kind {
        Kind::Counter(_) => format!("{new} <= {old}"),
        Kind::Timestamp => format!("{} <= {}", instant(&new), instant(&old)),
        Kind::Unordered => format!("{new} = {old}"),
    };
    let stays = format!("{new} IS NULL OR {stays}");
    let Some(columns) = trigger.compared() else { return stays };
    let changed = columns.map(|name| {
        let name = Quote::Double.name(name);
        format!("NEW.{name} IS NOT OLD.{name} COLLATE BINARY")
    });
    let changed: Vec<String> = changed.collect();
    format!("({stays}) AND ({})", changed.join(" OR "))
}

/// When there is none, and the version that follows.
fn next(kind: Kind, column: &str) -> (String, String) {
    let old = format!("OLD.{column}");
    match kind {
        Kind::Counter(last) => (
            match last {
                Some(last) => format!("{old} >= {last}"),
                None => format!("{old} IN ({}, {})", i32::MAX, i64::MAX),
            },
            format!("coalesce({old}, 0) + 1"),
        ),
        Kind::Timestamp => {
            let later = format!("strftime('%Y-%m-%d %H:%M:%f', {old}, '+0.0011 seconds')");
            (
                format!("{old} IS NOT NULL AND {later} IS NULL"),
                // As Diesel writes it with `chrono`: milliseconds, and no fraction where they are zero; with the
                // offset, if it was there.
                format!(
                    "rtrim(replace(max(strftime('%Y-%m-%d %H:%M:%f', 'now'), coalesce({later}, '')) || '|', \
                     '.000|', '|'), '|') || CASE WHEN {old} LIKE '%+00:00' THEN '+00:00' ELSE '' END"
                ),
            )
        }
        // Always strict.
        Kind::Unordered => (String::new(), old),
    }
}
