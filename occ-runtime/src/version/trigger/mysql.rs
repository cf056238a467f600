//! The trigger for MySQL and MariaDB.

use crate::version::trigger::names::Quote;
use crate::version::trigger::{EXHAUSTED, Kind, Quoted, VersionTrigger};

pub(super) fn create(trigger: &VersionTrigger) -> String {
    let Quoted { name, table, schema, .. } = trigger.quoted(Quote::Backtick);
    format!(
        "CREATE TRIGGER {schema}{name} BEFORE UPDATE ON {schema}{table} FOR EACH ROW\n\
         BEGIN\n    \
             IF {} THEN\n        \
                 {}    \
             END IF;\n\
         END;",
        condition(trigger),
        answer(trigger)
    )
}

/// That an `UPDATE` does not advance the version.
fn condition(trigger: &VersionTrigger) -> String {
    let Quoted { column, .. } = trigger.quoted(Quote::Backtick);
    let operator = if trigger.kind == Kind::Unordered { "=" } else { "<=" };
    let stays = format!("NEW.{column} IS NULL OR NEW.{column} {operator} OLD.{column}");
    let Some(columns) = trigger.compared() else { return stays };
    // In many a collation `a` and `A` are equal, and a `FLOAT` has more digits than its text.
    let same = columns.map(|name| {
        let name = Quote::Backtick.name(name);
        format!("NEW.{name} <=> OLD.{name} AND CAST(NEW.{name} AS BINARY) <=> CAST(OLD.{name} AS BINARY)")
    });
    let same: Vec<String> = same.collect();
    format!("({stays}) AND NOT ({})", same.join(" AND "))
}

/// What is done then, and otherwise.
fn answer(trigger: &VersionTrigger) -> String {
    let Quoted { column, .. } = trigger.quoted(Quote::Backtick);
    let (old, new) = (format!("OLD.{column}"), format!("NEW.{column}"));
    let (moved, otherwise) = match trigger.kind {
        _ if trigger.is_strict => {
            let refusal = Quote::Backtick.text(&trigger.refusal());
            return format!("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {refusal};\n");
        }
        Kind::Counter(_) => (format!("SET {new} = COALESCE({old}, 0) + 1;"), String::new()),
        // A column may hold less than microseconds, which cuts the first step off. And where no other column changes,
        // one that says `ON UPDATE CURRENT_TIMESTAMP` moves only if it is set in so many words.
        Kind::Timestamp => (
            format!(
                "SET {new} = GREATEST(UTC_TIMESTAMP(6), COALESCE({old} + INTERVAL 1 MICROSECOND, UTC_TIMESTAMP(6)));\n        \
                 IF {new} <= {old} THEN SET {new} = {old} + INTERVAL 1000 MICROSECOND; END IF;\n        \
                 IF {new} <= {old} THEN SET {new} = {old} + INTERVAL 1 SECOND; END IF;"
            ),
            format!("    ELSE\n        SET {new} = {new};\n"),
        ),
        // Always strict.
        Kind::Unordered => return String::new(),
    };
    // Outside of its strict mode, MySQL stores the largest value there is: the same as before, and the next stale copy
    // would pass.
    format!(
        "{moved}\n        \
         IF {new} IS NULL OR {new} <= {old} THEN\n            \
             SIGNAL SQLSTATE '22003' SET MESSAGE_TEXT = '{EXHAUSTED}';\n        \
         END IF;\n\
         {otherwise}"
    )
}
