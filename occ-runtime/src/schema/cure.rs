//! SQL that mends a table.

use crate::schema::catalog::{Catalog, Obstacle, SeenColumn, SeenTrigger, TableKind};
use crate::schema::expected::{Expected, ExpectedVersion, SqlKind};
use crate::schema::fit::Fit;
use crate::schema::names::{qualified, quoted, same};
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

    pub(super) fn quoted(&self, name: &str) -> String {
        quoted(name, self.catalog.dialect)
    }

    pub(super) fn alter(&self, action: &str) -> String {
        format!("ALTER TABLE {} {action}", self.table())
    }

    fn alter_column(&self, column: &SeenColumn, action: &str) -> String {
        self.alter(&format!("ALTER COLUMN {} {action}", self.quoted(&column.name)))
    }

    /// What is in the way of SQL that alters the table, or a column, and what is to be done instead.
    pub(super) fn obstacle(&self, column: Option<&SeenColumn>) -> Option<&'static str> {
        let is_used = column.is_some_and(|column| match self.catalog.dialect {
            Dialect::Postgres => column.is_written("used"),
            Dialect::Sqlite => self.is_entangled(&column.name),
            Dialect::Mysql => false,
        });
        Some(match (self.catalog.kind, self.catalog.obstacle) {
            (TableKind::View, _) => "this is a view, so do that in the table beneath",
            (TableKind::Foreign, _) => "this table is another server's, so do that there",
            (_, Some(Obstacle::Partition)) => {
                "this is a partition, so do that in the table that it is one of"
            }
            (_, Some(Obstacle::Virtual)) => "SQLite alters no virtual table, so make it anew",
            (_, Some(Obstacle::SystemVersioned)) => {
                "the table keeps its history, so say first what becomes of that, by `system_versioning_alter_history`"
            }
            _ if is_used => {
                "an index, a view, a trigger or a constraint names the column, or a table inherits it: drop that, and make it anew afterwards"
            }
            _ => return None,
        })
    }

    /// Whether a table can be altered as others are.
    fn is_alterable(&self) -> bool {
        self.catalog.kind == TableKind::Table
            && matches!(self.catalog.obstacle, None | Some(Obstacle::Partitioned | Obstacle::Inherited))
    }

    /// The version column, where there is none. Of a version whose form is not known there is no first one.
    pub(super) fn version_column(&self, version: &ExpectedVersion) -> Option<String> {
        let catalog = self.catalog;
        let (sql_type, constant) = (version.definition(catalog)?, version.constant(catalog.dialect)?);
        let first = version.first(catalog.dialect).filter(|_| self.is_alterable())?;
        let (name, new) = (self.quoted(version.column), self.new_name(version.column));
        // Counters go on having the default: they begin there.
        if first == constant {
            return Some(self.alter(&format!("ADD COLUMN {name} {sql_type} NOT NULL DEFAULT {constant}")));
        }
        if catalog.dialect == Dialect::Sqlite {
            let mut statements = self.added(&new, &sql_type, constant, first, None);
            statements.push(self.alter(&format!("RENAME COLUMN {new} TO {name}")));
            return Some(statements.join(";\n"));
        }
        Some(self.added(&name, &sql_type, constant, first, None).join(";\n"))
    }

    /// A version for each row that has none.
    pub(super) fn fill(&self, fit: Fit<'_>) -> Option<String> {
        let (name, first) = (self.quoted(&fit.column.name), fit.version.first(self.catalog.dialect)?);
        Some(self.update(&format!("{name} = {first} WHERE {name} IS NULL")))
    }

    /// MySQL's safe mode lets an `UPDATE` without a key pass that has a limit.
    pub(super) fn update(&self, set: &str) -> String {
        let is_safe = self.catalog.sql_mode.as_deref().is_some_and(|mode| mode.contains("SAFE_UPDATES"));
        let limit = if is_safe { " LIMIT 9223372036854775807" } else { "" };
        format!("UPDATE {} SET {set}{limit}", self.table())
    }

    /// A version that is never NULL.
    pub(super) fn not_null(&self, fit: Fit<'_>) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Postgres => self.is_alterable().then(|| self.alter_column(fit.column, "SET NOT NULL")),
            Dialect::Sqlite | Dialect::Mysql => self.fitting(fit),
        }
    }

    /// A column of the key that is never NULL.
    pub(super) fn not_null_key(&self, column: &SeenColumn) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Sqlite => None,
            Dialect::Postgres => self.is_alterable().then(|| self.alter_column(column, "SET NOT NULL")),
            Dialect::Mysql => self.modified(column, &column.definition, column.default.as_deref(), false),
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
            Dialect::Postgres => {
                let is_free = self.is_alterable() && !fit.column.is_written("used");
                let sql_type = fit.definition().filter(|_| is_free)?;
                // What a domain says of NULL is lost with it.
                let is_domain = !fit.column.definition.to_lowercase().starts_with(&fit.column.sql_type);
                let again = if is_domain && !fit.column.is_nullable {
                    format!(", ALTER COLUMN {} SET NOT NULL", self.quoted(&fit.column.name))
                } else {
                    String::new()
                };
                Some(self.alter_column(fit.column, &format!("TYPE {sql_type}{again}")))
            }
            Dialect::Mysql => {
                let default = fit.column.default.as_deref().filter(|_| fit.wrong_default().is_none());
                self.modified(fit.column, &fit.definition()?, default, fit.version.by_database)
            }
        }
    }

    /// The same, with the versions that are there as they were written.
    pub(super) fn without_padding(&self, fit: Fit<'_>, length: usize) -> Option<String> {
        let name = self.quoted(&fit.column.name);
        let fitting = self.fitting(fit)?;
        Some(match self.catalog.dialect {
            Dialect::Mysql => {
                let unpadded = self.update(&format!("{name} = LEFT({name}, {length})"));
                self.without_triggers(fit, vec![fitting, unpadded]).join(";\n")
            }
            // The cast takes the spaces off.
            Dialect::Sqlite | Dialect::Postgres => fitting,
        })
    }

    /// A column that a save may set.
    pub(super) fn ordinary(&self, fit: Fit<'_>) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Postgres if !self.is_alterable() => None,
            Dialect::Postgres if fit.column.is_written("identity") => {
                Some(self.alter_column(fit.column, "DROP IDENTITY"))
            }
            Dialect::Postgres => Some(self.alter_column(fit.column, "DROP EXPRESSION")),
            Dialect::Sqlite | Dialect::Mysql => self.rebuilt(fit, &self.quoted(&fit.column.name)),
        }
    }

    /// A column that is not filled in.
    pub(super) fn without_default(&self, fit: Fit<'_>) -> Option<String> {
        if self.catalog.dialect != Dialect::Sqlite {
            return self.is_alterable().then(|| self.alter_column(fit.column, "DROP DEFAULT"));
        }
        // A number that is there is made a text, too.
        let name = self.quoted(&fit.column.name);
        if !matches!(fit.version.sql_type, SqlKind::Time { .. }) {
            return self.rebuilt(fit, &name);
        }
        let value = format!(
            "CASE WHEN typeof({name}) IN ('integer', 'real') THEN strftime('%Y-%m-%d %H:%M:%f', {name}, 'auto') ELSE {name} END"
        );
        self.rebuilt(fit, &value)
    }

    /// A name that is nobody's is found by the servers themselves; of SQLite it is known which there are. There is none where MySQL would
    /// have to be told how much of a text goes into it, and of partitions, which want other columns in it.
    pub(super) fn unique_index(&self) -> Option<String> {
        let Expected { schema, table, key, .. } = self.expected;
        let is_text = |sql_type: &str| sql_type.ends_with("text") || sql_type.ends_with("blob");
        let has_text =
            key.iter().filter_map(|key| self.catalog.column(key)).any(|key| is_text(&key.sql_type));
        if self.catalog.kind != TableKind::Table
            || matches!(
                self.catalog.obstacle,
                Some(Obstacle::Partitioned | Obstacle::Virtual | Obstacle::SystemVersioned)
            )
            || (self.catalog.dialect == Dialect::Mysql && has_text)
        {
            return None;
        }
        let columns: Vec<String> = key.iter().map(|column| self.quoted(column)).collect();
        let columns = columns.join(", ");
        Some(match self.catalog.dialect {
            // There it is the index that is in a schema, and the table is in the same.
            Dialect::Sqlite => {
                let name = format!("{table}_{}_key", key.join("_"));
                let mut names = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name}_{n}")));
                let name = names.find(|name| !self.is_taken(name))?;
                let name = qualified(schema.as_deref(), &name, Dialect::Sqlite);
                format!("CREATE UNIQUE INDEX {name} ON {} ({columns})", self.quoted(table))
            }
            Dialect::Postgres => format!("CREATE UNIQUE INDEX ON {} ({columns})", self.table()),
            Dialect::Mysql => self.alter(&format!("ADD UNIQUE INDEX ({columns})")),
        })
    }

    fn is_taken(&self, name: &str) -> bool {
        let is_it = |other: &str| same(other, name, self.catalog.dialect);
        self.catalog.others.iter().any(|other| is_it(&other.name))
            || self.catalog.triggers.iter().any(|trigger| is_it(&trigger.name))
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
        // A temporary one of SQLite's is in another schema, but is not ours to judge either.
        let name = format!("{table}_{column}_moves");
        // A strict one goes.
        let is_strict =
            |trigger: &SeenTrigger| trigger.is_strict() && same(&trigger.name, &name, self.catalog.dialect);
        let is_taken = self.catalog.dialect != Dialect::Postgres
            && self.is_taken(&name)
            && !self.catalog.triggers.iter().any(is_strict);
        if is_taken
            || self.catalog.kind != TableKind::Table
            || self.catalog.obstacle == Some(Obstacle::Virtual)
        {
            return None;
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
    pub(super) fn without_triggers(&self, fit: Fit<'_>, statements: Vec<String>) -> Vec<String> {
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

    /// MySQL's form: the column as a whole, not NULL, with a default, and with what else is said of it. MariaDB has no invisible column
    /// without a default; and how MySQL has escaped a backslash in an expression is not to be seen.
    fn modified(
        &self,
        column: &SeenColumn,
        sql_type: &str,
        default: Option<&str>,
        may_be_set_on_update: bool,
    ) -> Option<String> {
        let is_invisible = column.written_by.contains("invisible");
        let has_backslash = default.is_some_and(|default| default.contains('\\'));
        if !self.is_alterable() || has_backslash || (is_invisible && default.is_none()) {
            return None;
        }
        // What tells the present has to have as many digits as the column.
        let digits = sql_type.split_once('(').map_or("", |(_, digits)| digits.trim_end_matches(')'));
        let now = format!("CURRENT_TIMESTAMP({digits})");
        let is_now = |default: &str| default.to_lowercase().starts_with("current_timestamp");
        let default = match default {
            Some(default) if is_now(default) => format!(" DEFAULT {now}"),
            Some(default) => format!(" DEFAULT {default}"),
            // Without a default, an old server takes one, and ON UPDATE besides.
            None if sql_type.to_lowercase().starts_with("timestamp") => format!(" DEFAULT {now}"),
            None => String::new(),
        };
        let is_set = may_be_set_on_update && column.is_set_on_update();
        let on_update = if is_set { format!(" ON UPDATE {now}") } else { String::new() };
        let counts = if column.written_by.contains("auto_increment") { " AUTO_INCREMENT" } else { "" };
        let invisible = if is_invisible { " INVISIBLE" } else { "" };
        let (name, suffix) = (self.quoted(&column.name), &column.suffix);
        Some(self.alter(&format!(
            "MODIFY COLUMN {name} {sql_type} NOT NULL{default}{on_update}{counts}{invisible}{suffix}"
        )))
    }
}

impl ExpectedVersion {
    /// A version for a row that has none, in SQL.
    pub(super) fn first(&self, dialect: Dialect) -> Option<&'static str> {
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
    pub(super) fn constant(&self, dialect: Dialect) -> Option<&'static str> {
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
