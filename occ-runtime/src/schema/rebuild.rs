//! A column in the place of another one, where none can be altered: SQLite's, and those that a database computes.

use crate::schema::catalog::TableKind;
use crate::schema::cure::Cure;
use crate::schema::fit::Fit;
use crate::schema::names::{literal_of, mentions, quoted, same};
use crate::statement::dialect::Dialect;

impl Cure<'_> {
    pub(super) fn new_name(&self, column: &str) -> String {
        self.quoted(&format!("occ_new_{column}"))
    }

    /// Another column in its place, with `value` of each row and its own default, but none that is no version. SQLite drops no column that
    /// a trigger names: those of the table are made anew, as they were. Where anything else names it, there is no SQL for it.
    pub(super) fn rebuilt(&self, fit: Fit<'_>, value: &str) -> Option<String> {
        let catalog = self.catalog;
        if catalog.kind != TableKind::Table || self.obstacle(Some(fit.column)).is_some() {
            return None;
        }
        let (name, new) = (self.quoted(&fit.column.name), self.new_name(&fit.column.name));
        let value = match fit.version.first(catalog.dialect) {
            Some(first) => format!("coalesce({value}, {first})"),
            None => value.to_owned(),
        };
        // The text of a trigger does not say in which schema it is.
        let mut triggers = catalog.triggers.iter();
        let has_text_without_schema = catalog.dialect == Dialect::Sqlite && self.expected.schema.is_some();
        if has_text_without_schema && triggers.any(|trigger| trigger.names(&fit.column.name)) {
            return None;
        }
        let (sql_type, constant) = (fit.definition()?, fit.version.constant(catalog.dialect)?);
        // Counters begin with one.
        let begins_with = fit.version.first(catalog.dialect).filter(|first| *first == constant);
        let own = fit
            .column
            .default
            .as_deref()
            .filter(|_| fit.wrong_default().is_none() && !fit.column.is_generated());
        let default = own.map(|own| format!("({own})")).or(begins_with.map(str::to_owned));
        let mut statements = self.added(&new, &sql_type, constant, &value, default.as_deref());
        statements.push(self.alter(&format!("DROP COLUMN {name}")));
        statements.push(self.alter(&format!("RENAME COLUMN {new} TO {name}")));
        Some(self.without_triggers(fit, statements).join(";\n"))
    }

    /// A new column with a value in each row. It needs a constant default while it is added, which would be the version of each row that is
    /// inserted without one: afterwards it has `default`, or none. SQLite has no statement for that, but lets the text of a table
    /// be written, whose rows have all of them a value by then; it reads the text again with what is altered next.
    pub(super) fn added(
        &self,
        new: &str,
        sql_type: &str,
        constant: &str,
        value: &str,
        default: Option<&str>,
    ) -> Vec<String> {
        let column = format!("{new} {sql_type} NOT NULL");
        let with = |default: Option<&str>| match default {
            Some(default) => format!("{column} DEFAULT {default}"),
            None => column.clone(),
        };
        let mut statements = vec![
            self.alter(&format!("ADD COLUMN {}", with(Some(constant)))),
            self.update(&format!("{new} = {value}")),
        ];
        if default == Some(constant) {
            return statements;
        }
        if self.catalog.dialect != Dialect::Sqlite {
            let action =
                default.map_or_else(|| "DROP DEFAULT".to_owned(), |default| format!("SET DEFAULT {default}"));
            statements.push(self.alter(&format!("ALTER COLUMN {new} {action}")));
            return statements;
        }
        let schema = quoted(self.catalog.place.as_deref().unwrap_or("main"), Dialect::Sqlite);
        let (before, after) = (literal_of(&with(Some(constant))), literal_of(&with(default)));
        let table = literal_of(&self.expected.table);
        statements.push("PRAGMA writable_schema = ON".into());
        statements.push(format!(
            "UPDATE {schema}.sqlite_master SET sql = replace(sql, {before}, {after}) WHERE type = 'table' AND lower(name) = lower({table})"
        ));
        statements.push("PRAGMA writable_schema = RESET".into());
        statements
    }

    /// Whether something hangs on a column of SQLite's that would be lost with it, or keeps it from being dropped: an index, a constraint,
    /// a computed column, a view, a temporary trigger, or one that runs at another time or on another table.
    pub(super) fn is_entangled(&self, column: &str) -> bool {
        let (catalog, table) = (self.catalog, &self.expected.table);
        let names_it = |text: &str| mentions(text, column) > 0;
        let is_indexed = catalog.indexes.iter().any(|index| {
            index
                .columns
                .iter()
                .any(|(name, _)| name.as_deref().is_some_and(|name| same(name, column, catalog.dialect)))
        });
        let mut others = catalog.others.iter().filter(|other| other.kind != "table");
        let mut triggers = catalog.triggers.iter().filter(|trigger| trigger.is_temporary);
        is_indexed
            || mentions(&catalog.text, column) > 1
            || others.any(|other| names_it(&other.text) && mentions(&other.text, table) > 0)
            || triggers.any(|trigger| names_it(&trigger.text))
    }
}
