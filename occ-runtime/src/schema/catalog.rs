//! What the catalog has answered.

use crate::schema::catalog_sql::Step;
use crate::schema::names::same;
use crate::schema::question::Answer;
use crate::statement::dialect::Dialect;
use crate::version::trigger::{self, ROWIDS};

/// A table as it is.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) dialect: Dialect,
    pub(crate) kind: TableKind,
    /// Of a view: `Some(false)` if it cannot be written.
    pub(crate) is_writable: Option<bool>,
    /// MySQL's engine; on SQLite the schema in which the table was found.
    pub(crate) place: Option<String>,
    pub(crate) has_transactions: bool,
    pub(crate) sql_mode: Option<String>,
    pub(crate) has_rowid: bool,
    /// SQLite's `STRICT`, which knows few types.
    pub(crate) is_strict: bool,
    pub(crate) obstacle: Option<Obstacle>,
    /// The text of the table itself, on SQLite.
    pub(crate) text: String,
    /// What else is in its schema, where that may be in the way of a cure.
    pub(crate) others: Vec<SeenOther>,
    pub(crate) columns: Vec<SeenColumn>,
    pub(crate) indexes: Vec<SeenIndex>,
    pub(crate) triggers: Vec<SeenTrigger>,
}

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableKind {
    Table,
    View,
    /// Of another server.
    Foreign,
}

/// What makes of a table one that is not altered as others are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    Partition,
    Partitioned,
    Virtual,
    SystemVersioned,
    /// PostgreSQL: tables inherit from it that are no partitions.
    Inherited,
}

/// Anything with a name, and on SQLite with its text.
#[derive(Debug)]
pub(crate) struct SeenOther {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// A column as it is.
#[derive(Debug)]
pub(crate) struct SeenColumn {
    pub(crate) name: String,
    /// In small letters, without its width.
    pub(crate) sql_type: String,
    pub(crate) is_nullable: bool,
    /// The letters or bytes that it has, or the digits after the second.
    pub(crate) width: Option<u32>,
    /// The collation; on PostgreSQL and SQLite only where it takes different texts for equal.
    pub(crate) collation: Option<String>,
    /// Who else writes it: MySQL's `EXTRA`; `generated` or `identity` elsewhere. On PostgreSQL also `used`, where something hangs on its
    /// type, `computed` of a view, and `shifted` where the session's time zone is not UTC.
    pub(crate) written_by: String,
    /// As it would be written after `DEFAULT`.
    pub(crate) default: Option<String>,
    /// The type as it would be written in a definition.
    pub(crate) definition: String,
    /// What MySQL wants to be told again behind it.
    pub(crate) suffix: String,
    /// How many rows have NULL there, where that was asked.
    pub(crate) nulls: u64,
}

/// A unique index: its columns, `None` for what is none.
#[derive(Debug)]
pub(crate) struct SeenIndex {
    pub(crate) name: String,
    pub(crate) is_deferrable: bool,
    pub(crate) columns: Vec<(Option<String>, Option<String>)>,
}

/// A trigger or a rule that an `UPDATE` runs.
#[derive(Debug)]
pub(crate) struct SeenTrigger {
    pub(crate) name: String,
    pub(crate) is_enabled: bool,
    pub(crate) timing: Timing,
    /// Whether its text is SQL, or that of PL/pgSQL.
    pub(crate) is_readable: bool,
    /// SQLite's `TEMP`, though the table is none.
    pub(crate) is_temporary: bool,
    pub(crate) text: String,
}

/// When it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    Before,
    After,
    InsteadOf,
    Rule,
}

impl Catalog {
    /// The answer to the first question: `dialect`, kind, whether it can be written, place, transactions or `STRICT`, `sql_mode`,
    /// obstacle, rowid.
    pub(crate) fn of(answer: Answer) -> Option<Self> {
        let (dialect, kind, writable, place, transactions, sql_mode, obstacle, rowid) = answer;
        let dialect = match dialect.as_str() {
            "sqlite" => Dialect::Sqlite,
            "postgres" => Dialect::Postgres,
            "mysql" => Dialect::Mysql,
            _ => return None,
        };
        let kind = match kind.as_deref() {
            Some("view") => TableKind::View,
            Some("foreign") => TableKind::Foreign,
            _ => TableKind::Table,
        };
        Some(Self {
            dialect,
            kind,
            is_writable: writable.map(|writable| writable == "YES"),
            is_strict: transactions.as_deref() == Some("STRICT"),
            obstacle: match obstacle.as_deref() {
                Some("partition") => Some(Obstacle::Partition),
                Some("partitioned") => Some(Obstacle::Partitioned),
                Some("virtual") => Some(Obstacle::Virtual),
                Some("system versioned") => Some(Obstacle::SystemVersioned),
                Some("inherited") => Some(Obstacle::Inherited),
                _ => None,
            },
            text: String::new(),
            others: Vec::new(),
            place,
            has_transactions: transactions.as_deref() != Some("NO"),
            sql_mode,
            has_rowid: rowid.is_none(),
            columns: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
        })
    }

    pub(crate) fn learn(&mut self, step: Step, answers: Vec<Answer>) {
        for answer in answers {
            match step {
                Step::Table => {}
                Step::Columns => self.columns.push(SeenColumn::of(answer)),
                Step::Indexes => self.learn_index(answer),
                Step::Triggers => self.learn_trigger(answer),
                Step::Contents => self.learn_contents(answer),
            }
        }
    }

    /// `name`, whether it is enabled, timing, language, text, whether it is temporary, kind.
    fn learn_trigger(&mut self, answer: Answer) {
        match answer.2.as_deref() {
            Some("SELF") => self.text = answer.4.unwrap_or_default(),
            Some("ELSEWHERE") => {
                let (name, _, _, _, text, _, kind, _) = answer;
                let (kind, text) = (kind.unwrap_or_default(), text.unwrap_or_default());
                self.others.push(SeenOther { name, kind, text });
            }
            _ => self.triggers.push(SeenTrigger::of(answer)),
        }
    }

    /// `index`, column, collation, whether it is deferrable.
    fn learn_index(&mut self, answer: Answer) {
        let (name, column, collation, deferrable, ..) = answer;
        let column = (column, collation);
        if let Some(index) = self.indexes.iter_mut().find(|index| index.name == name) {
            index.columns.push(column);
        } else {
            let is_deferrable = deferrable.is_some();
            self.indexes.push(SeenIndex { name, is_deferrable, columns: vec![column] });
        }
    }

    /// `column`, how many rows have NULL there, collation.
    fn learn_contents(&mut self, answer: Answer) {
        let (name, nulls, collation, ..) = answer;
        let dialect = self.dialect;
        if let Some(column) = self.columns.iter_mut().find(|column| same(&column.name, &name, dialect)) {
            column.nulls = nulls.and_then(|nulls| nulls.parse().ok()).unwrap_or(0);
            if dialect == Dialect::Sqlite {
                column.collation = collation;
            }
        }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&SeenColumn> {
        self.columns.iter().find(|column| same(&column.name, name, self.dialect))
    }

    /// SQLite lists it among no columns.
    pub(crate) fn is_rowid(&self, name: &str) -> bool {
        let is_table = self.kind == TableKind::Table && self.dialect == Dialect::Sqlite && self.has_rowid;
        is_table && ROWIDS.iter().any(|rowid| same(rowid, name, self.dialect))
    }
}

impl SeenColumn {
    /// `name`, type, whether it may be NULL, width, collation, who writes it, default, definition.
    fn of(answer: Answer) -> Self {
        let (name, sql_type, nullable, width, collation, written_by, default, definition) = answer;
        let sql_type = sql_type.unwrap_or_default();
        // On SQLite there is no other.
        let definition = definition.unwrap_or_else(|| sql_type.clone());
        let (definition, suffix) = definition.split_once('\n').unwrap_or((&definition, ""));
        Self {
            name,
            definition: definition.to_owned(),
            suffix: suffix.to_owned(),
            sql_type: sql_type.to_lowercase(),
            is_nullable: nullable.as_deref() == Some("YES"),
            width: width.and_then(|width| width.parse().ok()),
            collation,
            written_by: written_by.unwrap_or_default().to_lowercase(),
            default,
            nulls: 0,
        }
    }

    /// Whether the database makes its values, and lets nobody else write it.
    pub(crate) fn is_generated(&self) -> bool {
        // MySQL says `DEFAULT_GENERATED` of a default.
        self.is_written("identity") || self.is_written("generated")
    }

    /// Whether something is said of who writes it: a word of `written_by`.
    pub(crate) fn is_written(&self, how: &str) -> bool {
        self.written_by.split_whitespace().any(|word| word == how)
    }

    /// Whether MySQL sets it where a row is changed.
    pub(crate) fn is_set_on_update(&self) -> bool {
        self.written_by.contains("on update")
    }
}

impl SeenTrigger {
    /// `name`, whether it is enabled, timing, language, text.
    fn of(answer: Answer) -> Self {
        let (name, enabled, timing, language, text, temporary, ..) = answer;
        Self {
            name,
            is_enabled: enabled.as_deref() != Some("D"),
            timing: match timing.as_deref() {
                Some("BEFORE") => Timing::Before,
                Some("INSTEAD OF") => Timing::InsteadOf,
                Some("RULE") => Timing::Rule,
                _ => Timing::After,
            },
            is_readable: matches!(language.as_deref(), Some("sql" | "plpgsql")),
            is_temporary: temporary.is_some(),
            text: text.unwrap_or_default(),
        }
    }

    /// Whether it refuses what does not move the version, and moves none itself.
    pub(super) fn is_strict(&self) -> bool {
        trigger::is_strict(&self.text)
    }

    /// Whether its text has a name in it, quoted or not.
    pub(super) fn names(&self, name: &str) -> bool {
        let plain = |text: &str| text.to_lowercase().replace(['"', '`', '[', ']'], "");
        plain(&self.text).contains(&plain(name))
    }
}
