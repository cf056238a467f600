//! Whether a column can hold the versions that are made, and which type could.

use crate::schema::catalog::{Catalog, SeenColumn, SeenTrigger, Timing};
use crate::schema::expected::{ExpectedVersion, SqlKind};
use crate::statement::dialect::Dialect;

/// A version column, and what is to be stored in it.
#[derive(Clone, Copy)]
pub(super) struct Fit<'a> {
    pub(super) version: &'a ExpectedVersion,
    pub(super) column: &'a SeenColumn,
    pub(super) catalog: &'a Catalog,
}

/// Why a default is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WrongDefault {
    Constant,
    Number,
}

/// The largest number that so many bits hold.
pub(super) fn largest(bits: u32, unsigned: bool) -> u128 {
    (1 << if unsigned { bits } else { bits - 1 }) - 1
}

impl Fit<'_> {
    /// The largest integer of a column that ends before the versions do.
    pub(super) fn ends_at(&self) -> Option<u128> {
        let SqlKind::Integer { bits, unsigned } = self.version.sql_type else { return None };
        let (name, is_unsigned) = match self.column.sql_type.strip_suffix(" unsigned") {
            Some(name) => (name, true),
            None => (self.column.sql_type.as_str(), false),
        };
        let width = match name {
            // SQLite's columns hold anything.
            _ if self.catalog.dialect == Dialect::Sqlite => return None,
            "tinyint" => 8,
            "smallint" => 16,
            "mediumint" => 24,
            "int" | "integer" => 32,
            "bigint" => 64,
            _ => return None,
        };
        Some(largest(width, is_unsigned)).filter(|end| *end < largest(bits, unsigned))
    }

    /// The width of a column into which a version does not go, and how long that is.
    pub(super) fn holds_only(&self) -> Option<(u32, usize)> {
        let (width, length) = self.width_and_length()?;
        usize::try_from(width).is_ok_and(|width| width < length).then_some((width, length))
    }

    /// The width up to which a column fills a version, and how long that is.
    pub(super) fn fills_up_to(&self) -> Option<(u32, usize)> {
        let fills = match self.catalog.dialect {
            Dialect::Sqlite => false,
            Dialect::Postgres => self.column.sql_type == "character",
            Dialect::Mysql => self.column.sql_type == "binary",
        };
        let (width, length) = self.width_and_length().filter(|_| fills)?;
        usize::try_from(width).is_ok_and(|width| width > length).then_some((width, length))
    }

    fn width_and_length(&self) -> Option<(u32, usize)> {
        let is_sized = matches!(self.version.sql_type, SqlKind::Text | SqlKind::Bytes);
        Some((self.column.width.filter(|_| is_sized)?, self.version.length?))
    }

    /// The digits after the second that a column keeps, and how many the versions have, where that is more.
    pub(super) fn keeps_only(&self) -> Option<(u32, u32)> {
        if !matches!(self.version.sql_type, SqlKind::Time { .. }) || self.catalog.dialect == Dialect::Sqlite {
            return None;
        }
        let needed = match self.version.digits() {
            Some(digits) => digits,
            // What is set to the present alone may be set to the same twice.
            None if self.version.by_database && self.column.is_set_on_update() && !self.has_trigger() => 6,
            None => return None,
        };
        // PostgreSQL's, where it says nothing.
        let digits = self.column.width.unwrap_or(6);
        (digits < needed).then_some((digits, needed))
    }

    pub(super) fn is_float(&self) -> bool {
        let name = self.column.sql_type.trim_end_matches(" unsigned");
        let is_float = match self.catalog.dialect {
            // The letters by which SQLite takes a column for one.
            Dialect::Sqlite => ["real", "floa", "doub"].iter().any(|part| name.contains(part)),
            Dialect::Postgres | Dialect::Mysql => {
                ["real", "double precision", "float", "double"].contains(&name)
            }
        };
        is_float && matches!(self.version.sql_type, SqlKind::Integer { .. })
    }

    /// Whether the column is of a type that holds other things than these versions. Types that are not the database's own are let pass.
    pub(super) fn is_of_another_type(&self) -> bool {
        let name = self.column.sql_type.trim_end_matches(" unsigned");
        let has = |names: &[&str]| names.contains(&name);
        let integers = ["tinyint", "smallint", "mediumint", "int", "integer", "bigint"];
        let times = ["date", "datetime", "time", "year", "interval"];
        let is_number = has(&integers) || self.is_float() || has(&["numeric", "decimal", "money", "oid"]);
        let is_stamp = name.starts_with("timestamp") || name == "datetime";
        let is_time = has(&times) || is_stamp || name.starts_with("time ");
        let is_text = has(&[
            "text",
            "char",
            "character",
            "character varying",
            "varchar",
            "tinytext",
            "mediumtext",
            "longtext",
        ]);
        let is_bytes = has(&["bytea", "binary", "varbinary", "blob", "tinyblob", "mediumblob", "longblob"]);
        let is_other =
            has(&["boolean", "bit", "bit varying", "enum", "set", "json", "jsonb", "inet", "cidr"]);
        match (self.version.sql_type, self.catalog.dialect) {
            // SQLite's columns hold anything.
            (_, Dialect::Sqlite) | (SqlKind::Other, _) => false,
            (SqlKind::Integer { .. }, _) => {
                !has(&integers)
                    && !self.is_float()
                    && (is_number || is_time || is_text || is_bytes || is_other || name == "uuid")
            }
            (SqlKind::Time { .. }, _) => {
                !is_stamp && (is_number || is_time || is_text || is_bytes || is_other || name == "uuid")
            }
            (SqlKind::Text, Dialect::Postgres) => {
                is_number || is_time || is_bytes || is_other || name == "uuid"
            }
            (SqlKind::Text | SqlKind::Bytes | SqlKind::Uuid, Dialect::Mysql) => {
                is_number || is_time || is_other
            }
            (SqlKind::Bytes, Dialect::Postgres) => {
                is_number || is_time || is_text || is_other || name == "uuid"
            }
            (SqlKind::Uuid, Dialect::Postgres) => is_number || is_time || is_text || is_bytes || is_other,
        }
    }

    /// Whether a point in time is moved by the session's time zone on its way between the column and what is compared with it.
    pub(super) fn is_shifted(&self) -> bool {
        let SqlKind::Time { zone } = self.version.sql_type else { return false };
        let has_zone = self.column.sql_type == "timestamp with time zone";
        let is_stamp = self.column.sql_type.starts_with("timestamp");
        self.catalog.dialect == Dialect::Postgres
            && is_stamp
            && has_zone != zone
            && self.column.is_written("shifted")
    }

    /// A default that comes twice, where no version ever does: a constant. And on SQLite a number, where points in time are texts.
    pub(super) fn wrong_default(&self) -> Option<WrongDefault> {
        let default = self.column.default.as_deref()?.trim();
        let is_time = matches!(self.version.sql_type, SqlKind::Time { .. });
        let lower = default.to_lowercase();
        if self.catalog.dialect == Dialect::Sqlite
            && is_time
            && (lower.contains("julianday") || lower.contains("unixepoch"))
        {
            return Some(WrongDefault::Number);
        }
        let begins_so = |letter: char| letter == '\'' || letter == '-' || letter.is_ascii_digit();
        let is_constant = lower.starts_with("x'") || lower.starts_with(begins_so);
        ((self.version.is_uuid || is_time) && is_constant).then_some(WrongDefault::Constant)
    }

    /// A collation in which different versions are equal. UUIDs differ in more than case and spaces.
    pub(super) fn loose_collation(&self) -> Option<&str> {
        let collation = self.column.collation.as_deref()?;
        let is_text = self.version.sql_type == SqlKind::Text && !self.version.is_uuid;
        // On the others only loose ones are named.
        let is_exact =
            self.catalog.dialect == Dialect::Mysql && (collation.ends_with("_bin") || collation == "binary");
        (is_text && !is_exact).then_some(collation)
    }

    /// Whether a trigger seems to move the version. Nobody can tell what a function in another language does.
    pub(super) fn has_trigger(&self) -> bool {
        let in_time = match self.catalog.dialect {
            // A version that is moved after the row was written is not in the answer of `UPDATE .. RETURNING`.
            Dialect::Postgres | Dialect::Mysql => Timing::Before,
            Dialect::Sqlite => Timing::After,
        };
        let moves = |trigger: &SeenTrigger| {
            let is_it = !trigger.is_readable || trigger.names(&self.column.name);
            trigger.is_enabled && trigger.timing == in_time && is_it && !trigger.is_strict()
        };
        self.catalog.triggers.iter().any(moves)
    }

    /// The type of the column with which it fits, as in a definition: its own, but for what does not.
    pub(super) fn definition(&self) -> Option<String> {
        let own = &self.column.definition;
        if self.is_float() || self.ends_at().is_some() || self.holds_only().is_some() {
            return self.version.definition(self.catalog);
        }
        if let Some((width, _)) = self.fills_up_to() {
            let is_mysql = self.catalog.dialect == Dialect::Mysql;
            return Some(if is_mysql { format!("VARBINARY({width})") } else { "varchar".into() });
        }
        if let Some((_, needed)) = self.keeps_only() {
            let name = own.split('(').next()?.trim();
            let zone = if own.ends_with("with time zone") { " with time zone" } else { "" };
            return Some(format!("{}({}){zone}", name.split(' ').next()?, needed.min(6)));
        }
        match (self.loose_collation(), self.catalog.dialect) {
            (Some(_), Dialect::Postgres) => Some(format!("{own} COLLATE \"C\"")),
            (Some(collation), Dialect::Mysql) => {
                let (sql_type, _) = own.split_once(" COLLATE ")?;
                Some(format!("{sql_type} COLLATE {}_bin", collation.split('_').next()?))
            }
            _ => Some(own.clone()),
        }
    }
}

impl ExpectedVersion {
    /// The digits after the second that its steps need.
    pub(super) fn digits(&self) -> Option<u32> {
        let step = self.step?.as_nanos();
        Some((0..9).find(|digits| step % 10_u128.pow(9 - digits) == 0).unwrap_or(9))
    }

    /// The type that a column for it has.
    pub(super) fn definition(&self, catalog: &Catalog) -> Option<String> {
        use Dialect::{Mysql, Postgres, Sqlite};
        let dialect = catalog.dialect;
        let digits = self.digits().unwrap_or(6).min(6);
        // Of a generator that is nobody's here, the first version does not tell how long the others are.
        let length = self.length.filter(|_| self.is_uuid);
        Some(match (self.sql_type, dialect) {
            (SqlKind::Integer { .. }, Sqlite) if catalog.is_strict => "INTEGER".into(),
            (SqlKind::Time { .. }, Sqlite) if catalog.is_strict => "TEXT".into(),
            (SqlKind::Integer { bits, unsigned }, _) => {
                let name = match bits {
                    8 => "TINYINT",
                    16 => "SMALLINT",
                    32 => "INTEGER",
                    _ => "BIGINT",
                };
                format!("{name}{}", if unsigned && dialect == Mysql { " UNSIGNED" } else { "" })
            }
            (SqlKind::Time { .. }, Sqlite) => "TIMESTAMP".into(),
            (SqlKind::Time { zone: false }, Postgres) => format!("timestamp({digits})"),
            (SqlKind::Time { zone: true }, Postgres) => format!("timestamptz({digits})"),
            (SqlKind::Time { .. }, Mysql) => format!("DATETIME({digits})"),
            (SqlKind::Text, Mysql) => format!("VARCHAR({})", length?),
            (SqlKind::Text, Sqlite | Postgres) => "TEXT".into(),
            (SqlKind::Bytes, Mysql) => format!("VARBINARY({})", length?),
            (SqlKind::Bytes, Sqlite) => "BLOB".into(),
            (SqlKind::Bytes, Postgres) => "bytea".into(),
            (SqlKind::Uuid, _) => "uuid".into(),
            (SqlKind::Other, _) => return None,
        })
    }
}
