//! SQL for triggers that keep each revision of a row.

mod mysql;
mod postgres;
mod sqlite;

use crate::version::trigger::names::{Quote, identifier};

/// The SQL of a table that keeps what rows were at each of their versions, and of the triggers that write it, to paste into a migration.
///
/// Whatever advances a version, or deletes a row, leaves what the row was in the table `products_history`, in the same transaction: a
/// save by occ, SQL typed by hand, another program. Its rows are found by key and version, with
/// [`revision`](crate::HistoryDsl::revision): the base from which an edit was made whose maker knows nothing but the version.
///
/// It has the columns that are named here, of the types that they have in the table; the version is one. What else it is to
/// have, such as a `recorded_at` with a default, may be added to it. A column that the table gets later is kept once the table of the
/// history has it as well, and the triggers are made anew: drop them, add the column to both, create them. The table of the history stays
/// when triggers are dropped, and when they are created it may be there: only you can say when nobody needs it.
///
/// The rule: a key and a version are there once, and it is the newest row that had them. A row that was deleted and inserted again takes
/// the place of the one before it, where its counter comes to the same numbers. No row is ever refused for its history. Rows whose
/// version is NULL are not kept. An `UPDATE` that leaves the version is no revision: what the row was before it is not told
/// from what it was after, so let a [`VersionTrigger`](crate::VersionTrigger) see to that.
///
/// Not kept is what no trigger sees: `TRUNCATE`; on MySQL what a foreign key does; on SQLite what `INSERT OR REPLACE` replaces, but
/// where `recursive_triggers` is on. `xmin`, which is in no table, is no version for it. A user who writes the table needs the right to
/// write its history. It only grows: delete old revisions as you see fit.
///
/// A migration has a line for each way:
///
/// ```
/// use occ_runtime::HistoryTrigger;
///
/// let history = HistoryTrigger::new("products", ["id"], "version", ["name", "quantity"]);
/// let (up, down) = (history.sqlite(), history.drop_sqlite());
/// assert!(up.starts_with(r#"CREATE TABLE IF NOT EXISTS "products_history""#));
/// assert!(down.starts_with(r#"DROP TRIGGER IF EXISTS "products_history_inserts""#));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryTrigger {
    schema: Option<String>,
    table: String,
    key: Vec<String>,
    version: String,
    columns: Vec<String>,
}

/// The name of the table that keeps the rows of `table`.
pub(crate) fn history_of(table: &str) -> String {
    identifier(&format!("{table}_history"))
}

impl HistoryTrigger {
    /// For a table, the columns of its primary key, its version, and the others that are kept: those of the structs whose revisions are
    /// read. Names are quoted, so they must be written as they are in the database.
    ///
    /// ```
    /// let history = occ_runtime::HistoryTrigger::new("order_lines", ["order_id", "line"], "version", ["price"]);
    /// assert!(history.postgres().contains(r#"ON CONFLICT ("order_id", "line", "version") DO UPDATE"#));
    /// ```
    #[must_use]
    pub fn new(
        table: impl Into<String>,
        key: impl IntoIterator<Item = impl Into<String>>,
        version: impl Into<String>,
        columns: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            schema: None,
            table: table.into(),
            key: key.into_iter().map(Into::into).collect(),
            version: version.into(),
            columns: columns.into_iter().map(Into::into).collect(),
        }
    }

    /// Names the schema of the table, in which that of the history and the triggers are made too: on MySQL a database, on SQLite one
    /// that is attached.
    ///
    /// ```
    /// let history = occ_runtime::HistoryTrigger::new("products", ["id"], "version", ["name"]).schema("shop");
    /// assert!(history.postgres().starts_with(r#"CREATE TABLE IF NOT EXISTS "shop"."products_history""#));
    /// ```
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// For PostgreSQL: the table, its index, a function and a trigger.
    ///
    /// ```
    /// let sql = occ_runtime::HistoryTrigger::new("products", ["id"], "version", ["name"]).postgres();
    /// assert!(sql.contains(r#"AFTER UPDATE OR DELETE ON "products""#));
    /// ```
    #[must_use]
    pub fn postgres(&self) -> String {
        postgres::create(self)
    }

    /// For MySQL and MariaDB: the table and two triggers. The program `mysql` needs `DELIMITER //`; Diesel's migrations need no such
    /// thing.
    ///
    /// ```
    /// let sql = occ_runtime::HistoryTrigger::new("products", ["id"], "version", ["name"]).mysql();
    /// assert!(sql.contains("REPLACE INTO `products_history` (`id`, `version`, `name`)"));
    /// ```
    #[must_use]
    pub fn mysql(&self) -> String {
        mysql::create(self)
    }

    /// For SQLite: the table, its index and three triggers.
    ///
    /// ```
    /// let sql = occ_runtime::HistoryTrigger::new("products", ["id"], "version", ["name"]).sqlite();
    /// assert!(sql.contains(r#"BEFORE DELETE ON "products""#));
    /// ```
    #[must_use]
    pub fn sqlite(&self) -> String {
        sqlite::create(self)
    }

    /// Removes the trigger and the function that [`postgres`](Self::postgres) has made, whether or not they are there, and leaves the
    /// table with what is kept.
    ///
    /// ```
    /// assert_eq!(
    ///     occ_runtime::HistoryTrigger::new("products", ["id"], "version", ["name"]).drop_postgres(),
    ///     r#"DROP TRIGGER IF EXISTS "products_history_writes" ON "products";
    /// DROP FUNCTION IF EXISTS "products_history_writes"();"#
    /// );
    /// ```
    #[must_use]
    pub fn drop_postgres(&self) -> String {
        let Names { schema, table, .. } = self.names(Quote::Double);
        let name = self.part(Quote::Double, "writes");
        format!(
            "DROP TRIGGER IF EXISTS {name} ON {schema}{table};\nDROP FUNCTION IF EXISTS {schema}{name}();"
        )
    }

    /// Removes the triggers that [`mysql`](Self::mysql) has made, whether or not they are there, and leaves the table with what is
    /// kept.
    ///
    /// ```
    /// let sql = occ_runtime::HistoryTrigger::new("products", ["id"], "version", ["name"]).drop_mysql();
    /// assert!(sql.contains("DROP TRIGGER IF EXISTS `products_history_updates`"));
    /// ```
    #[must_use]
    pub fn drop_mysql(&self) -> String {
        self.drop_triggers(Quote::Backtick, &["updates", "deletes"])
    }

    /// Removes the triggers that [`sqlite`](Self::sqlite) has made, whether or not they are there, and leaves the table with what is
    /// kept.
    ///
    /// ```
    /// let sql = occ_runtime::HistoryTrigger::new("products", ["id"], "version", ["name"]).drop_sqlite();
    /// assert!(sql.contains(r#"DROP TRIGGER IF EXISTS "products_history_updates""#));
    /// ```
    #[must_use]
    pub fn drop_sqlite(&self) -> String {
        self.drop_triggers(Quote::Double, &["inserts", "updates", "deletes"])
    }

    fn drop_triggers(&self, quote: Quote, parts: &[&str]) -> String {
        let schema = quote.schema(self.schema.as_deref());
        let drops =
            parts.iter().map(|part| format!("DROP TRIGGER IF EXISTS {schema}{};", self.part(quote, part)));
        drops.collect::<Vec<_>>().join("\n")
    }

    fn names(&self, quote: Quote) -> Names {
        Names {
            schema: quote.schema(self.schema.as_deref()),
            table: quote.name(&self.table),
            history: quote.name(&history_of(&self.table)),
        }
    }

    /// The name of something that belongs to the history.
    fn part(&self, quote: Quote, part: &str) -> String {
        quote.name(&identifier(&format!("{}_history_{part}", self.table)))
    }

    /// What a revision is found by.
    fn found_by(&self) -> impl Iterator<Item = &String> {
        self.key.iter().chain([&self.version])
    }

    /// The columns that are kept, each behind `prefix`.
    fn kept(&self, quote: Quote, prefix: &str) -> String {
        quote.list(prefix, self.found_by().chain(&self.columns))
    }

    /// That an `UPDATE` changes the key, in SQLite's words.
    fn key_differs(&self, quote: Quote) -> String {
        let differ = self.key.iter().map(|name| {
            let name = quote.name(name);
            format!("NEW.{name} IS NOT OLD.{name}")
        });
        differ.collect::<Vec<_>>().join(" OR ")
    }

    /// That key and version are those of `row`, compared by `operator`, with ` AND ` between them.
    fn is_of(&self, quote: Quote, own: &str, operator: &str, row: &str) -> String {
        let equal = self.found_by().map(|name| {
            let name = quote.name(name);
            format!("{own}{name} {operator} {row}{name}")
        });
        equal.collect::<Vec<_>>().join(" AND ")
    }
}

/// The names of the tables, quoted.
struct Names {
    /// With the dot behind it, or empty.
    schema: String,
    table: String,
    history: String,
}
