//! SQL that mends a table.

use crate::schema::catalog::{Catalog, SeenColumn, SeenTrigger};
use crate::schema::expected::{Expected, ExpectedVersion, SqlKind};
use crate::schema::fit::Fit;
use crate::schema::names::{qualified, quoted};
use crate::statement::dialect::Dialect;
use crate::version::trigger::{ROWIDS, VersionTrigger};

/// Writes the cures of one table. Each leaves a column as all of them want it, so that none undoes another.
#[derive(Clone, Copy)]
pub(super) struct Cure<'a> {
    pub(super) expected: &'a Expected,
    pub(super) catalog: &'a Catalog,
}

impl Cure<'_> {
    /// The table as it is named in SQL.
    pub(super) fn table(&self) -> String {
        qualified(self.expected.schema.as_deref(), &self.expected.table, self.catalog.dialect)
    }

    fn quoted(&self, name: &str) -> String {
        quoted(name, self.catalog.dialect)
    }

    fn alter(&self, action: &str) -> String {
        format!("ALTER TABLE {} {action}", self.table())
    }

    fn alter_column(&self, column: &SeenColumn, action: &str) -> String {
        self.alter(&format!("ALTER COLUMN {} {action}", self.quoted(&column.name)))
    }

    /// The version column, where there is none.
    pub(super) fn version_column(&self, version: &ExpectedVersion) -> Option<String> {
        let dialect = self.catalog.dialect;
        let (name, constant) = (self.quoted(version.column), version.constant(dialect)?);
        let sql_type = version.definition(dialect)?;
        let add = self.alter(&format!("ADD COLUMN {name} {sql_type} NOT NULL DEFAULT {constant}"));
        // Counters go on having the default: they begin there.
        let Some(first) = version.first(dialect).filter(|first| *first != constant) else { return Some(add) };
        let fill = format!("UPDATE {} SET {name} = {first}", self.table());
        if dialect == Dialect::Sqlite {
            return Some(format!("{add};\n{fill}"));
        }
        Some(format!("{add};\n{fill};\n{}", self.alter(&format!("ALTER COLUMN {name} DROP DEFAULT"))))
    }

    /// A version for each row that has none.
    pub(super) fn fill(&self, fit: Fit<'_>) -> Option<String> {
        let (name, first) = (self.quoted(&fit.column.name), fit.version.first(self.catalog.dialect)?);
        Some(format!("UPDATE {} SET {name} = {first} WHERE {name} IS NULL", self.table()))
    }

    /// A version that is never NULL.
    pub(super) fn not_null(&self, fit: Fit<'_>) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Postgres => Some(self.alter_column(fit.column, "SET NOT NULL")),
            Dialect::Sqlite | Dialect::Mysql => self.fitting(fit),
        }
    }

    /// A column of the key that is never NULL.
    pub(super) fn not_null_key(&self, column: &SeenColumn) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some(self.alter_column(column, "SET NOT NULL")),
            Dialect::Mysql => Some(self.modified(column, &column.definition, false)),
        }
    }

    /// A `bool` that is never NULL, where it was: false.
    pub(super) fn not_null_flag(&self, column: &SeenColumn) -> Option<String> {
        let (table, name) = (self.table(), self.quoted(&column.name));
        let alter = self.not_null_key(column)?;
        Some(format!("UPDATE {table} SET {name} = FALSE WHERE {name} IS NULL;\n{alter}"))
    }

    /// A column of this type, which may be NULL.
    pub(super) fn nullable(&self, column: &SeenColumn, sql_type: &str) -> Option<String> {
        let name = self.quoted(&column.name);
        match self.catalog.dialect {
            Dialect::Sqlite => None,
            Dialect::Postgres if sql_type == column.definition => {
                Some(self.alter_column(column, "DROP NOT NULL"))
            }
            Dialect::Postgres => Some(self.alter_column(column, &format!("TYPE {sql_type}"))),
            Dialect::Mysql => Some(self.alter(&format!("MODIFY COLUMN {name} {sql_type} NULL"))),
        }
    }

    /// A column into which the versions go, and which nobody else sets.
    pub(super) fn fitting(&self, fit: Fit<'_>) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Sqlite => self.rebuilt(fit, &self.quoted(&fit.column.name)),
            Dialect::Postgres => Some(self.alter_column(fit.column, &format!("TYPE {}", fit.definition()?))),
            Dialect::Mysql => Some(self.modified(fit.column, &fit.definition()?, fit.version.by_database)),
        }
    }

    /// The same, with the versions that are there as they were written.
    pub(super) fn without_padding(&self, fit: Fit<'_>, length: usize) -> Option<String> {
        let name = self.quoted(&fit.column.name);
        let fitting = self.fitting(fit)?;
        Some(match self.catalog.dialect {
            Dialect::Mysql => {
                let unpadded = format!("UPDATE {} SET {name} = LEFT({name}, {length})", self.table());
                self.without_triggers(fit, vec![fitting, unpadded]).join(";\n")
            }
            // The cast takes the spaces off.
            Dialect::Sqlite | Dialect::Postgres => fitting,
        })
    }

    /// A column that a save may set.
    pub(super) fn ordinary(&self, fit: Fit<'_>) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Postgres if fit.column.written_by == "identity" => {
                Some(self.alter_column(fit.column, "DROP IDENTITY"))
            }
            Dialect::Postgres => Some(self.alter_column(fit.column, "DROP EXPRESSION")),
            Dialect::Sqlite | Dialect::Mysql => self.rebuilt(fit, &self.quoted(&fit.column.name)),
        }
    }

    /// A column that is not filled in.
    pub(super) fn without_default(&self, fit: Fit<'_>) -> Option<String> {
        if self.catalog.dialect != Dialect::Sqlite {
            return Some(self.alter_column(fit.column, "DROP DEFAULT"));
        }
        // A number that is there is made a text, too.
        let value = format!("strftime('%Y-%m-%d %H:%M:%f', {}, 'auto')", self.quoted(&fit.column.name));
        self.rebuilt(fit, &value)
    }

    pub(super) fn unique_index(&self) -> String {
        let Expected { schema, table, key, .. } = self.expected;
        let name = format!("{table}_{}_key", key.join("_"));
        let columns: Vec<String> = key.iter().map(|column| self.quoted(column)).collect();
        let columns = columns.join(", ");
        match self.catalog.dialect {
            // There it is the index that is in a schema, and the table is in the same.
            Dialect::Sqlite => {
                let name = qualified(schema.as_deref(), &name, Dialect::Sqlite);
                format!("CREATE UNIQUE INDEX {name} ON {} ({columns})", self.quoted(table))
            }
            Dialect::Postgres | Dialect::Mysql => {
                format!("CREATE UNIQUE INDEX {} ON {} ({columns})", self.quoted(&name), self.table())
            }
        }
    }

    /// The trigger that moves the version; one that is there and switched off is switched on, and one that refuses instead goes.
    pub(super) fn trigger(&self, fit: Fit<'_>) -> Option<String> {
        let Expected { schema, table, .. } = self.expected;
        let column = &fit.column.name;
        let mut triggers = self.catalog.triggers.iter();
        let is_off =
            |trigger: &&SeenTrigger| !trigger.is_enabled && !trigger.is_strict() && trigger.names(column);
        if let Some(trigger) = triggers.find(is_off) {
            return Some(self.alter(&format!("ENABLE TRIGGER {}", self.quoted(&trigger.name))));
        }
        let mut trigger = match fit.version.sql_type {
            SqlKind::Integer { bits, unsigned: false } => {
                VersionTrigger::counter(table, column).last(i64::MAX >> (64 - bits))
            }
            SqlKind::Integer { .. } => VersionTrigger::counter(table, column),
            SqlKind::Time { .. } => VersionTrigger::timestamp(table, column),
            SqlKind::Text | SqlKind::Bytes | SqlKind::Uuid | SqlKind::Other => return None,
        };
        if let Some(schema) = schema {
            trigger = trigger.schema(schema);
        }
        let made = match self.catalog.dialect {
            // It finds the row by its `rowid`.
            Dialect::Sqlite if !self.catalog.has_rowid => return None,
            Dialect::Sqlite => {
                let is_free = |rowid: &&str| self.catalog.column(rowid).is_none();
                trigger.found_by(ROWIDS.into_iter().find(is_free)?).sqlite()
            }
            // The function may have outlived its trigger.
            Dialect::Postgres => {
                trigger.postgres().replacen("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
            }
            Dialect::Mysql => trigger.mysql(),
        };
        let strict = self.catalog.triggers.iter().filter(|trigger| trigger.is_strict());
        let mut statements: Vec<String> = strict.map(|trigger| self.drop_trigger(trigger)).collect();
        statements.push(made);
        Some(statements.join(";\n"))
    }

    fn drop_trigger(&self, trigger: &SeenTrigger) -> String {
        match self.catalog.dialect {
            Dialect::Postgres => {
                format!("DROP TRIGGER {} ON {}", self.quoted(&trigger.name), self.table())
            }
            // There it is the trigger that is in a schema.
            Dialect::Sqlite | Dialect::Mysql => format!("DROP TRIGGER {}", self.in_schema(&trigger.name)),
        }
    }

    fn in_schema(&self, name: &str) -> String {
        qualified(self.expected.schema.as_deref(), name, self.catalog.dialect)
    }

    /// The statements with those triggers dropped which would refuse them, and made anew afterwards. SQLite drops no column that a
    /// trigger names, and MySQL would ask a strict one of each row that is written.
    fn without_triggers(&self, fit: Fit<'_>, statements: Vec<String>) -> Vec<String> {
        let is_in_the_way = |trigger: &&SeenTrigger| match self.catalog.dialect {
            Dialect::Sqlite => trigger.names(&fit.column.name),
            Dialect::Mysql => trigger.is_strict(),
            Dialect::Postgres => false,
        };
        let triggers: Vec<_> = self.catalog.triggers.iter().filter(is_in_the_way).collect();
        let dropped = triggers.iter().map(|trigger| self.drop_trigger(trigger));
        let made = triggers.iter().map(|trigger| match self.catalog.dialect {
            // The catalog has what follows that.
            Dialect::Mysql => format!(
                "CREATE TRIGGER {} BEFORE UPDATE ON {} FOR EACH ROW {}",
                self.in_schema(&trigger.name),
                self.table(),
                trigger.text
            ),
            Dialect::Sqlite | Dialect::Postgres => trigger.text.clone(),
        });
        dropped.chain(statements).chain(made).collect()
    }

    /// MySQL's form: the column as a whole, not NULL, with its default.
    fn modified(&self, column: &SeenColumn, sql_type: &str, may_be_set_on_update: bool) -> String {
        // What tells the present has to have as many digits as the column.
        let digits = sql_type.split_once('(').map_or("", |(_, digits)| digits.trim_end_matches(')'));
        let now = format!("CURRENT_TIMESTAMP({digits})");
        let is_now = |default: &str| default.to_lowercase().starts_with("current_timestamp");
        let default = match &column.default {
            Some(default) if is_now(default) => format!(" DEFAULT {now}"),
            Some(default) => format!(" DEFAULT {default}"),
            // Without a default, an old server takes one, and ON UPDATE besides.
            None if sql_type.to_lowercase().starts_with("timestamp") => format!(" DEFAULT {now}"),
            None => String::new(),
        };
        let is_set = may_be_set_on_update && column.is_set_on_update();
        let on_update = if is_set { format!(" ON UPDATE {now}") } else { String::new() };
        let counts = if column.written_by.contains("auto_increment") { " AUTO_INCREMENT" } else { "" };
        let name = self.quoted(&column.name);
        self.alter(&format!("MODIFY COLUMN {name} {sql_type} NOT NULL{default}{on_update}{counts}"))
    }

    /// Another column in its place, with `value` of each row. SQLite drops no column that a trigger names: those are made anew.
    fn rebuilt(&self, fit: Fit<'_>, value: &str) -> Option<String> {
        let dialect = self.catalog.dialect;
        let (name, new) =
            (self.quoted(&fit.column.name), self.quoted(&format!("occ_new_{}", fit.column.name)));
        let value = match fit.version.first(dialect) {
            Some(first) => format!("coalesce({value}, {first})"),
            None => value.to_owned(),
        };
        // The text of a trigger does not say in which schema it is.
        let mut triggers = self.catalog.triggers.iter();
        let has_text_without_schema = dialect == Dialect::Sqlite && self.expected.schema.is_some();
        if has_text_without_schema && triggers.any(|trigger| trigger.names(&fit.column.name)) {
            return None;
        }
        let (sql_type, constant) = (fit.definition()?, fit.version.constant(dialect)?);
        let statements = vec![
            self.alter(&format!("ADD COLUMN {new} {sql_type} NOT NULL DEFAULT {constant}")),
            format!("UPDATE {} SET {new} = {value}", self.table()),
            self.alter(&format!("DROP COLUMN {name}")),
            self.alter(&format!("RENAME COLUMN {new} TO {name}")),
        ];
        Some(self.without_triggers(fit, statements).join(";\n"))
    }
}

impl ExpectedVersion {
    /// A version for a row that has none, in SQL.
    fn first(&self, dialect: Dialect) -> Option<&'static str> {
        use Dialect::{Mysql, Postgres, Sqlite};
        Some(match (self.sql_type, dialect) {
            (SqlKind::Integer { .. }, _) => "1",
            (SqlKind::Time { .. }, Sqlite) => "strftime('%Y-%m-%d %H:%M:%f', 'now')",
            (SqlKind::Time { zone: false }, Postgres) => "timezone('UTC', clock_timestamp())",
            (SqlKind::Time { zone: true }, Postgres) => "clock_timestamp()",
            (SqlKind::Time { .. }, Mysql) => "UTC_TIMESTAMP(6)",
            (SqlKind::Uuid, Postgres) => "gen_random_uuid()",
            _ if !self.is_uuid => return None,
            (SqlKind::Text, Sqlite) => {
                "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || \
                 substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
            }
            (SqlKind::Text, Postgres) => "gen_random_uuid()::text",
            (SqlKind::Text, Mysql) => "UUID()",
            (SqlKind::Bytes, Sqlite) => "randomblob(16)",
            (SqlKind::Bytes, Postgres) => "uuid_send(gen_random_uuid())",
            (SqlKind::Bytes, Mysql) => "UNHEX(REPLACE(UUID(), '-', ''))",
            _ => return None,
        })
    }

    /// A constant of its type, for the moment in which a column is added.
    fn constant(&self, dialect: Dialect) -> Option<&'static str> {
        Some(match (self.sql_type, dialect) {
            (SqlKind::Integer { .. }, _) => "1",
            (SqlKind::Time { .. }, _) => "'1970-01-01 00:00:00'",
            (SqlKind::Bytes, Dialect::Sqlite) => "X''",
            (SqlKind::Bytes, Dialect::Postgres) => "''::bytea",
            (SqlKind::Text | SqlKind::Bytes, _) => "''",
            (SqlKind::Uuid, _) => "'00000000-0000-0000-0000-000000000000'",
            (SqlKind::Other, _) => return None,
        })
    }
}
