//! The history for SQLite.
//!
//! A trigger that moves the version writes the row once more there, after the `UPDATE` that has changed it: in that second one the old
//! row has the new values at the old version, or at one that the `UPDATE` has set it back to. So the first row that leaves a version is
//! kept, and the second is not. What an earlier row of this key has left goes as soon as the present one comes to the version, but not if
//! it is set back to it.

use crate::version::history::{HistoryTrigger, Names};
use crate::version::trigger::names::Quote;

pub(super) fn create(trigger: &HistoryTrigger) -> String {
    let quote = Quote::Double;
    let Names { schema, table, history } = trigger.names(quote);
    let part = |part: &str| trigger.part(quote, part);
    let (columns, old) = (trigger.kept(quote, ""), trigger.kept(quote, "OLD."));
    let version = quote.name(&trigger.version);
    let arrives = format!("DELETE FROM {history} WHERE {}", trigger.is_of(quote, "", "=", "NEW."));
    let (other_key, moves_on) = (trigger.key_differs(quote), format!("NEW.{version} > OLD.{version}"));
    let keep = format!(
        "INSERT INTO {history} ({columns}) SELECT {old}\n        \
             WHERE OLD.{version} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {history} WHERE {});",
        trigger.is_of(quote, "", "=", "OLD.")
    );
    format!(
        "CREATE TABLE IF NOT EXISTS {schema}{history} AS SELECT {columns} FROM {schema}{table} WHERE 0;\n\
         CREATE UNIQUE INDEX IF NOT EXISTS {schema}{} ON {history} ({});\n\
         CREATE TRIGGER {schema}{} AFTER INSERT ON {table} FOR EACH ROW\n\
         BEGIN\n    \
             {arrives};\n\
         END;\n\
         CREATE TRIGGER {schema}{} BEFORE UPDATE ON {table} FOR EACH ROW\n\
         BEGIN\n    \
             {arrives} AND ({moves_on} OR {other_key});\n    \
             {keep}\n\
         END;\n\
         CREATE TRIGGER {schema}{} BEFORE DELETE ON {table} FOR EACH ROW\n\
         BEGIN\n    \
             {keep}\n\
         END;",
        part("key"),
        quote.list("", trigger.found_by()),
        part("inserts"),
        part("updates"),
        part("deletes")
    )
}
