//! SQL that mends a table.

use crate::schema::catalog::{Catalog, SeenColumn};
use crate::schema::expected::{Expected, ExpectedVersion, SqlKind};
use crate::schema::names::{qualified, quoted};
use crate::statement::dialect::Dialect;
use crate::version::trigger::VersionTrigger;

/// Writes the cures of one table.
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

    /// PostgreSQL's form, for a column.
    fn alter_column(&self, column: &SeenColumn, action: &str) -> String {
        self.alter(&format!("ALTER COLUMN {} {action}", self.quoted(&column.name)))
    }

    fn version(&self) -> Option<&ExpectedVersion> {
        self.expected.version.as_ref()
    }

    /// A version for rows that have none, in SQL.
    fn first(&self) -> Option<&'static str> {
        use Dialect::{Mysql, Postgres, Sqlite};
        let version = self.version()?;
        Some(match (version.sql_type, self.catalog.dialect) {
            (SqlKind::Integer { .. }, _) => "1",
            (SqlKind::Time { .. }, Sqlite) => "strftime('%Y-%m-%d %H:%M:%f', 'now')",
            (SqlKind::Time { zone: false }, Postgres) => "timezone('UTC', clock_timestamp())",
            (SqlKind::Time { zone: true }, Postgres) => "clock_timestamp()",
            (SqlKind::Time { .. }, Mysql) => "UTC_TIMESTAMP(6)",
            (SqlKind::Uuid, Postgres) => "gen_random_uuid()",
            _ if !version.is_uuid => return None,
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

    /// A constant of the type, for the moment in which a column is added.
    fn constant(&self) -> Option<&'static str> {
        Some(match (self.version()?.sql_type, self.catalog.dialect) {
            (SqlKind::Integer { .. }, _) => "1",
            (SqlKind::Time { .. }, _) => "'1970-01-01 00:00:00'",
            (SqlKind::Text, _) => "''",
            (SqlKind::Bytes, Dialect::Postgres) => "''::bytea",
            (SqlKind::Bytes, Dialect::Sqlite) => "X''",
            (SqlKind::Bytes, Dialect::Mysql) => "''",
            (SqlKind::Uuid, _) => "'00000000-0000-0000-0000-000000000000'",
            (SqlKind::Other, _) => return None,
        })
    }

    /// The type that the column should have.
    fn sql_type(&self) -> Option<String> {
        use Dialect::{Mysql, Postgres, Sqlite};
        let version = self.version()?;
        let digits = version.digits().unwrap_or(6).min(6);
        let name = match (version.sql_type, self.catalog.dialect) {
            (SqlKind::Integer { bits, unsigned }, dialect) => {
                let name = match bits {
                    8 => "TINYINT",
                    16 => "SMALLINT",
                    32 => "INTEGER",
                    _ => "BIGINT",
                };
                return Some(format!("{name}{}", if unsigned && dialect == Mysql { " UNSIGNED" } else { "" }));
            }
            (SqlKind::Time { .. }, Sqlite) => "TIMESTAMP",
            (SqlKind::Time { zone: false }, Postgres) => return Some(format!("timestamp({digits})")),
            (SqlKind::Time { zone: true }, Postgres) => return Some(format!("timestamptz({digits})")),
            (SqlKind::Time { .. }, Mysql) => return Some(format!("DATETIME({digits})")),
            (SqlKind::Text, Mysql) => return Some(format!("VARCHAR({})", version.length.unwrap_or(255))),
            (SqlKind::Text, Sqlite | Postgres) => "TEXT",
            (SqlKind::Bytes, Mysql) => return Some(format!("VARBINARY({})", version.length.unwrap_or(255))),
            (SqlKind::Bytes, Sqlite) => "BLOB",
            (SqlKind::Bytes, Postgres) => "bytea",
            (SqlKind::Uuid, _) => "uuid",
            (SqlKind::Other, _) => return None,
        };
        Some(name.to_owned())
    }

    /// The version column, where there is none.
    pub(super) fn version_column(&self) -> Option<String> {
        let version = self.version()?;
        let (name, constant) = (self.quoted(version.column), self.constant()?);
        let add = self.alter(&format!("ADD COLUMN {name} {} NOT NULL DEFAULT {constant}", self.sql_type()?));
        // Counters go on having the default: they begin there.
        let Some(first) = self.first().filter(|first| *first != constant) else { return Some(add) };
        let fill = format!("UPDATE {} SET {name} = {first}", self.table());
        let no_default = match self.catalog.dialect {
            Dialect::Sqlite => String::new(),
            Dialect::Postgres | Dialect::Mysql => {
                format!(";\n{}", self.alter(&format!("ALTER COLUMN {name} DROP DEFAULT")))
            }
        };
        Some(format!("{add};\n{fill}{no_default}"))
    }

    /// A version for each row that has none.
    pub(super) fn fill(&self, column: &SeenColumn) -> Option<String> {
        let name = self.quoted(&column.name);
        Some(format!("UPDATE {} SET {name} = {} WHERE {name} IS NULL", self.table(), self.first()?))
    }

    /// The same column, but never NULL.
    pub(super) fn not_null(&self, column: &SeenColumn) -> Option<String> {
        let is_version = self.version().is_some_and(|version| version.column.eq_ignore_ascii_case(&column.name));
        let alter = match self.catalog.dialect {
            Dialect::Sqlite if !is_version => return None,
            Dialect::Sqlite => return self.rebuilt(column, &column.definition, &self.quoted(&column.name)),
            Dialect::Postgres => self.alter_column(column, "SET NOT NULL"),
            Dialect::Mysql => self.modified(column, &column.definition, None),
        };
        let fill = if is_version { self.fill(column) } else { None };
        Some(match fill {
            Some(fill) => format!("{fill};\n{alter}"),
            None => alter,
        })
    }

    /// A column of the type that `table!` says.
    pub(super) fn wide_enough(&self, column: &SeenColumn) -> Option<String> {
        let sql_type = self.sql_type()?;
        match self.catalog.dialect {
            Dialect::Sqlite => self.rebuilt(column, &sql_type, &self.quoted(&column.name)),
            Dialect::Postgres => Some(self.alter_column(column, &format!("TYPE {sql_type}"))),
            Dialect::Mysql => Some(self.modified(column, &sql_type, None)),
        }
    }

    /// A point in time with so many digits after the second.
    pub(super) fn exact_to(&self, digits: u32, column: &SeenColumn) -> Option<String> {
        let name = column.definition.split('(').next()?.trim();
        match self.catalog.dialect {
            Dialect::Postgres => {
                let zone = if column.sql_type.ends_with("with time zone") { "timestamptz" } else { "timestamp" };
                Some(self.alter_column(column, &format!("TYPE {zone}({digits})")))
            }
            _ => Some(self.modified(column, &format!("{name}({digits})"), Some(digits))),
        }
    }

    /// A type that keeps what it is given.
    pub(super) fn without_padding(&self, column: &SeenColumn, length: usize) -> Option<String> {
        let name = self.quoted(&column.name);
        match self.catalog.dialect {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some(self.alter_column(column, &format!("TYPE varchar USING rtrim({name})"))),
            Dialect::Mysql => {
                let width = column.width?;
                let modified = self.modified(column, &format!("VARBINARY({width})"), None);
                Some(format!("{modified};\nUPDATE {} SET {name} = LEFT({name}, {length})", self.table()))
            }
        }
    }

    /// A collation that compares bytes.
    pub(super) fn exact_collation(&self, column: &SeenColumn) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Sqlite => self.rebuilt(column, &column.definition, &self.quoted(&column.name)),
            Dialect::Postgres => {
                Some(self.alter_column(column, &format!("TYPE {} COLLATE \"C\"", column.definition)))
            }
            Dialect::Mysql => {
                let (sql_type, collation) = column.definition.split_once(" COLLATE ")?;
                let charset = collation.split('_').next()?;
                Some(self.modified(column, &format!("{sql_type} COLLATE {charset}_bin"), None))
            }
        }
    }

    /// A column that a save may set.
    pub(super) fn ordinary(&self, column: &SeenColumn) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Postgres if column.written_by == "identity" => Some(self.alter_column(column, "DROP IDENTITY")),
            Dialect::Postgres => Some(self.alter_column(column, "DROP EXPRESSION")),
            Dialect::Sqlite | Dialect::Mysql => {
                self.rebuilt(column, &column.definition, &self.quoted(&column.name))
            }
        }
    }

    /// A column that MySQL does not set.
    pub(super) fn without_on_update(&self, column: &SeenColumn) -> Option<String> {
        Some(self.modified(column, &column.definition, None))
    }

    /// A column that is not filled in.
    pub(super) fn without_default(&self, column: &SeenColumn) -> Option<String> {
        match self.catalog.dialect {
            Dialect::Postgres | Dialect::Mysql => Some(self.alter_column(column, "DROP DEFAULT")),
            // A number that is there is made a text, too.
            Dialect::Sqlite => {
                let value = format!("strftime('%Y-%m-%d %H:%M:%f', {}, 'auto')", self.quoted(&column.name));
                self.rebuilt(column, &column.definition, &value)
            }
        }
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

    /// The trigger that moves the version; one that is there and switched off is switched on.
    pub(super) fn trigger(&self, column: &SeenColumn) -> Option<String> {
        let Expected { schema, table, .. } = self.expected;
        let sleeps = |trigger: &&crate::schema::catalog::SeenTrigger| !trigger.is_enabled && trigger.names(&column.name);
        if let Some(trigger) = self.catalog.triggers.iter().find(sleeps) {
            return Some(self.alter(&format!("ENABLE TRIGGER {}", self.quoted(&trigger.name))));
        }
        let mut trigger = match self.version()?.sql_type {
            SqlKind::Integer { bits, unsigned: false } => {
                let last = i64::MAX >> (64 - bits);
                VersionTrigger::counter(table, &column.name).last(last)
            }
            SqlKind::Integer { .. } => VersionTrigger::counter(table, &column.name),
            SqlKind::Time { .. } => VersionTrigger::timestamp(table, &column.name),
            SqlKind::Text | SqlKind::Bytes | SqlKind::Uuid | SqlKind::Other => return None,
        };
        if let Some(schema) = schema {
            trigger = trigger.schema(schema);
        }
        match self.catalog.dialect {
            // It finds the row by its `rowid`.
            Dialect::Sqlite => self.catalog.has_rowid.then(|| trigger.sqlite()),
            // The function may have outlived its trigger.
            Dialect::Postgres => {
                Some(trigger.postgres().replacen("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1))
            }
            Dialect::Mysql => Some(trigger.mysql()),
        }
    }

    /// MySQL's form: the column as a whole, not NULL. With `digits`, what sets it to the present has as many.
    fn modified(&self, column: &SeenColumn, sql_type: &str, digits: Option<u32>) -> String {
        let digits = digits.or_else(|| column.width.filter(|_| column.collation.is_none()));
        let now = format!("CURRENT_TIMESTAMP({})", digits.unwrap_or_default());
        let is_now = |default: &str| default.to_lowercase().starts_with("current_timestamp");
        let is_timestamp = sql_type.to_lowercase().starts_with("timestamp");
        let default = match &column.default {
            Some(default) if is_now(default) => format!(" DEFAULT {now}"),
            Some(default) => format!(" DEFAULT {default}"),
            // Without a default, the server may take one and ON UPDATE besides.
            None if is_timestamp => format!(" DEFAULT {now}"),
            None => String::new(),
        };
        let by_database = self.version().is_some_and(|version| version.by_database);
        let on_update = if by_database && column.is_set_on_update() { format!(" ON UPDATE {now}") } else { String::new() };
        let counts = if column.written_by.contains("auto_increment") { " AUTO_INCREMENT" } else { "" };
        let name = self.quoted(&column.name);
        self.alter(&format!("MODIFY COLUMN {name} {sql_type} NOT NULL{default}{on_update}{counts}"))
    }

    /// Another version column in its place, with this of each row. Triggers of SQLite that name the column are made anew, as it
    /// drops none that is named.
    fn rebuilt(&self, column: &SeenColumn, sql_type: &str, value: &str) -> Option<String> {
        let (name, new) = (self.quoted(&column.name), self.quoted(&format!("occ_new_{}", column.name)));
        let is_sqlite = self.catalog.dialect == Dialect::Sqlite;
        let value = match self.first() {
            Some(first) => format!("coalesce({value}, {first})"),
            None => value.to_owned(),
        };
        let mut statements = Vec::new();
        let naming = self.catalog.triggers.iter().filter(|trigger| is_sqlite && trigger.names(&column.name));
        let triggers: Vec<_> = naming.collect();
        // A trigger's own text does not say in which schema it is.
        if !triggers.is_empty() && self.expected.schema.is_some() {
            return None;
        }
        statements.extend(triggers.iter().map(|trigger| format!("DROP TRIGGER {}", self.quoted(&trigger.name))));
        let constant = self.constant()?;
        statements.push(self.alter(&format!("ADD COLUMN {new} {sql_type} NOT NULL DEFAULT {constant}")));
        statements.push(format!("UPDATE {} SET {new} = {value}", self.table()));
        statements.push(self.alter(&format!("DROP COLUMN {name}")));
        statements.push(self.alter(&format!("RENAME COLUMN {new} TO {name}")));
        statements.extend(triggers.iter().map(|trigger| trigger.text.clone()));
        Some(statements.join(";\n"))
    }
}
