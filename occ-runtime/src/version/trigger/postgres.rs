//! The trigger for PostgreSQL.

use crate::version::trigger::names::{Quote, between_dollars};
use crate::version::trigger::{EXHAUSTED, Kind, Quoted, VersionTrigger};

pub(super) fn create(trigger: &VersionTrigger) -> String {
    let Quoted { name, table, schema, .. } = trigger.quoted(Quote::Double);
    // What is compared with the present is, without a time zone, UTC.
    let setting = match trigger.kind {
        Kind::Timestamp if !trigger.is_strict => " SET timezone TO 'UTC'",
        _ => "",
    };
    let body = format!(
        "BEGIN\n    \
             IF {} THEN\n        \
                 {}\n    \
             END IF;\n    \
             RETURN NEW;\n\
         END",
        condition(trigger),
        answer(trigger)
    );
    format!(
        "CREATE FUNCTION {schema}{name}() RETURNS trigger LANGUAGE plpgsql{setting} AS {};\n\
         CREATE TRIGGER {name} BEFORE UPDATE ON {schema}{table} FOR EACH ROW EXECUTE FUNCTION {schema}{name}();",
        between_dollars(&body)
    )
}

/// That an `UPDATE` does not advance the version.
fn condition(trigger: &VersionTrigger) -> String {
    let Quoted { column, .. } = trigger.quoted(Quote::Double);
    let operator = if trigger.kind == Kind::Unordered { "=" } else { "<=" };
    let stays = format!("NEW.{column} IS NULL OR NEW.{column} {operator} OLD.{column}");
    let Some(columns) = trigger.compared() else { return stays };
    let columns: Vec<&String> = columns.collect();
    let row = |prefix: &str| Quote::Double.list(prefix, columns.iter().copied());
    // By the bytes: types such as `json` have no other comparison. As records, or else it would be column by column.
    format!("({stays}) AND ROW({})::record *<> ROW({})::record", row("NEW."), row("OLD."))
}

/// What is done then.
fn answer(trigger: &VersionTrigger) -> String {
    let Quoted { column, .. } = trigger.quoted(Quote::Double);
    let (old, new) = (format!("OLD.{column}"), format!("NEW.{column}"));
    match trigger.kind {
        _ if trigger.is_strict => format!(
            "RAISE EXCEPTION USING MESSAGE = {}, SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = {};",
            Quote::Double.text(&trigger.refusal()),
            Quote::Double.text(&trigger.column)
        ),
        // PostgreSQL itself refuses what is out of the column's range.
        Kind::Counter(_) => format!("{new} := coalesce({old}, 0) + 1;"),
        // A column may hold less than microseconds, which cuts the first step off, and `infinity` has no next one.
        Kind::Timestamp => format!(
            "{new} := greatest(clock_timestamp(), {old} + interval '1 microsecond');\n        \
             IF {new} <= {old} THEN {new} := {old} + interval '1 millisecond'; END IF;\n        \
             IF {new} <= {old} THEN {new} := {old} + interval '1 second'; END IF;\n        \
             IF {new} <= {old} THEN RAISE numeric_value_out_of_range USING MESSAGE = '{EXHAUSTED}'; END IF;"
        ),
        // Always strict.
        Kind::Unordered => String::new(),
    }
}
