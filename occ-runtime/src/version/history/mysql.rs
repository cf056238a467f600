//! The history for MySQL and MariaDB.

use crate::version::history::{HistoryTrigger, Names};
use crate::version::trigger::names::Quote;

pub(super) fn create(trigger: &HistoryTrigger) -> String {
    let quote = Quote::Backtick;
    let Names { schema, table, history } = trigger.names(quote);
    let (updates, deletes) = (trigger.part(quote, "updates"), trigger.part(quote, "deletes"));
    let (columns, old) = (trigger.kept(quote, ""), trigger.kept(quote, "OLD."));
    let version = quote.name(&trigger.version);
    // A DELETE before an INSERT would lock the gap where nothing is, and two writers would wait for each other.
    let keep = format!("REPLACE INTO {schema}{history} ({columns}) VALUES ({old});");
    format!(
        "CREATE TABLE IF NOT EXISTS {schema}{history} (PRIMARY KEY ({})) AS SELECT {columns} FROM {schema}{table} WHERE 1 = 0;\n\
         CREATE TRIGGER {schema}{updates} AFTER UPDATE ON {schema}{table} FOR EACH ROW\n\
         BEGIN\n    \
             IF OLD.{version} IS NOT NULL AND NOT ({}) THEN\n        \
                 {keep}\n    \
             END IF;\n\
         END;\n\
         CREATE TRIGGER {schema}{deletes} AFTER DELETE ON {schema}{table} FOR EACH ROW\n\
         BEGIN\n    \
             IF OLD.{version} IS NOT NULL THEN\n        \
                 {keep}\n    \
             END IF;\n\
         END;",
        quote.list("", trigger.found_by()),
        trigger.is_of(quote, "NEW.", "<=>", "OLD.")
    )
}
