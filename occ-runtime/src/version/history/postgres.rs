//! The history for PostgreSQL.

use crate::version::history::{HistoryTrigger, Names};
use crate::version::trigger::names::{Quote, between_dollars};

pub(super) fn create(trigger: &HistoryTrigger) -> String {
    let quote = Quote::Double;
    let Names { schema, table, history } = trigger.names(quote);
    let (name, index) = (trigger.part(quote, "writes"), trigger.part(quote, "key"));
    let (columns, old) = (trigger.kept(quote, ""), trigger.kept(quote, "OLD."));
    let version = quote.name(&trigger.version);
    let found_by = quote.list("", trigger.found_by());
    // One that is there is of a row that was deleted.
    let replaced = trigger.columns.iter().chain([&trigger.version]).map(|name| {
        let name = quote.name(name);
        format!("{name} = excluded.{name}")
    });
    let replaced: Vec<String> = replaced.collect();
    // Without a schema, the table is the one that was found when this was run, whatever the path is later.
    let path = if schema.is_empty() { " SET search_path FROM CURRENT" } else { "" };
    // Two conditions, since there is no NEW where a row is deleted.
    let body = format!(
        "BEGIN\n    \
             IF OLD.{version} IS NULL THEN RETURN NULL; END IF;\n    \
             IF TG_OP = 'UPDATE' THEN\n        \
                 IF {} THEN RETURN NULL; END IF;\n    \
             END IF;\n    \
             INSERT INTO {schema}{history} ({columns}) VALUES ({old})\n        \
                 ON CONFLICT ({found_by}) DO UPDATE SET {};\n    \
             RETURN NULL;\n\
         END",
        trigger.is_of(quote, "NEW.", "IS NOT DISTINCT FROM", "OLD."),
        replaced.join(", ")
    );
    format!(
        "CREATE TABLE IF NOT EXISTS {schema}{history} AS SELECT {columns} FROM {schema}{table} WITH NO DATA;\n\
         CREATE UNIQUE INDEX IF NOT EXISTS {index} ON {schema}{history} ({found_by});\n\
         CREATE FUNCTION {schema}{name}() RETURNS trigger LANGUAGE plpgsql{path} AS {};\n\
         CREATE TRIGGER {name} AFTER UPDATE OR DELETE ON {schema}{table} FOR EACH ROW EXECUTE FUNCTION {schema}{name}();",
        between_dollars(&body)
    )
}
